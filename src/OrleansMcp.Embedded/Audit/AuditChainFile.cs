using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using OrleansMcp.Embedded.Files;
using OrleansMcp.Signals;
using OrleansMcp.Signals.Chains;

namespace OrleansMcp.Embedded.Audit;

/// <summary>
/// Writes one chain. Entries are flushed before the head is stored, so after a crash the head is at most behind. One thread at a time.
/// </summary>
internal sealed partial class AuditChainFile
{
    /// <summary>The event of the entry that says that the chain was found damaged when the server started.</summary>
    public const string DamagedEvent = "audit_damaged";

    private readonly string _chain;
    private readonly string _folder;
    private readonly Disk _disk;
    private string _day = "";
    private long _length;
    private AuditHead _head = AuditHead.None;
    private AuditHead? _stored;

    private AuditChainFile(string chain, string folder, Disk disk) => (_chain, _folder, _disk) = (chain, folder, disk);

    /// <summary>What was wrong with the chain when it was opened, to be its next entry; null when nothing was.</summary>
    public string? Damage { get; private set; }

    /// <summary>Finds the end of the chain, and cuts off what a crash left half-written.</summary>
    public static AuditChainFile Open(DataFolder folder, string chain, Disk disk, ILogger logger)
    {
        var file = new AuditChainFile(chain, AuditFolder.Of(folder.Audit, chain), disk);
        DataFolder.CreatePrivate(file._folder);
        file._stored = AuditFolder.ReadHead(file._folder);
        file.FindEnd(logger);
        file.Continue(logger);
        return file;
    }

    /// <summary>Appends entries; when it returns they are on the disk, and when it throws, <see cref="Appended"/> says how many are.</summary>
    public void Append(IReadOnlyList<AuditEntry> entries)
    {
        StoreFirstHead();
        for (var next = 0; next < entries.Count;)
        {
            next += AppendDay(entries, next);
        }
    }

    /// <summary>Entries of <see cref="Append"/> that were written before it failed.</summary>
    public int Appended { get; private set; }

    /// <summary>Stores the head, if it is not.</summary>
    public void StoreHead()
    {
        if (_stored == _head)
        {
            return;
        }

        // The folder is not flushed: a head that a power cut takes back is behind, which is allowed.
        _disk.Replace(Path.Combine(_folder, AuditFolder.HeadFile), Encoding.ASCII.GetBytes($"{_head}\n"));
        _stored = _head;
    }

    /// <summary>A chain always has a head: entries without one are entries whose head somebody took away.</summary>
    private void StoreFirstHead()
    {
        Appended = 0;
        if (_stored is null)
        {
            StoreHead();
            _disk.FlushFolder(_folder);
            _disk.FlushFolder(Path.GetDirectoryName(_folder)!);
        }
    }

    /// <summary>One file's worth. A clock that was put back does not reopen a former day: files are in the order of their entries.</summary>
    private int AppendDay(IReadOnlyList<AuditEntry> entries, int from)
    {
        var day = Later(_day, AuditFolder.DayOf(entries[from].At));
        var (head, lines, count) = (_head, new MemoryStream(), 0);
        for (; from + count < entries.Count && Later(day, AuditFolder.DayOf(entries[from + count].At)) == day; count++)
        {
            (var line, head) = AuditLine.Write(_chain, head, entries[from + count]);
            lines.Write(line);
            lines.WriteByte((byte)'\n');
        }

        var offset = day == _day ? _length : 0;
        _disk.Append(Path.Combine(_folder, day + AuditFolder.DaySuffix), offset, lines.GetBuffer().AsSpan(0, (int)lines.Length));
        if (day != _day)
        {
            _disk.FlushFolder(_folder);
        }

        (_day, _length, _head) = (day, offset + lines.Length, head);
        Appended += count;
        return count;
    }

    private void FindEnd(ILogger logger)
    {
        foreach (var path in AuditFolder.Days(_folder).Reverse())
        {
            var tail = AuditTail.Read(path);
            if (_day.Length == 0)
            {
                (_day, _length) = (Path.GetFileNameWithoutExtension(path), tail.Length);
            }

            if (tail.Torn > 0 && Path.GetFileNameWithoutExtension(path) == _day)
            {
                _disk.Append(path, tail.Length, []);
                LogTorn(logger, _chain, tail.Torn);
            }

            if (tail.Length > 0)
            {
                _head = tail.Last?.Head ?? AuditHead.None;
                return;
            }
        }
    }

    /// <summary>
    /// Goes on from the later of the last entry and the stored head. When entries are missing at the end, the next one follows the
    /// head and not what is left, so that the gap stays to be seen.
    /// </summary>
    private void Continue(ILogger logger)
    {
        Damage = (_stored, _head.Sequence) switch
        {
            (null, 0) => null,
            (null, _) => "the stored head was missing or unreadable",
            ({ } stored, var last) when stored.Sequence > last =>
                string.Create(CultureInfo.InvariantCulture, $"the stored head was entry {stored.Sequence}, the last entry {last}"),
            ({ } stored, var last) when stored.Sequence == last && stored != _head => "the last entry was not that of the stored head",
            _ => null,
        };
        if (Damage is not null)
        {
            LogDamaged(logger, _chain, Damage);
        }

        if (_stored is { } later && later.Sequence >= _head.Sequence)
        {
            _head = later;
        }
    }

    private static string Later(string one, string other) => string.CompareOrdinal(one, other) >= 0 ? one : other;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The last line of the audit of {Chain} was half-written ({Bytes} bytes) and is cut off.")]
    private static partial void LogTorn(ILogger logger, string chain, long bytes);

    [LoggerMessage(Level = LogLevel.Error, Message = "The audit of {Chain} is DAMAGED: {Damage}. It goes on; 'audit verify' shows the place.")]
    private static partial void LogDamaged(ILogger logger, string chain, string damage);
}
