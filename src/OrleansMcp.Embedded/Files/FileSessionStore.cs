using Microsoft.Extensions.Logging;
using OrleansMcp.Sessions;
using OrleansMcp.State;

namespace OrleansMcp.Embedded.Files;

/// <summary>
/// One file a session. A write goes to a file beside it, is flushed, renamed over it, and the folder is flushed: at any instant there is the
/// former record or the new one, and when the write returns it is the new one for good.
/// </summary>
internal sealed partial class FileSessionStore(DataFolder folder, WriteQueue queue, Disk disk, ILogger<FileSessionStore> logger) : ISessionStore
{
    private const string TemporarySuffix = ".tmp";

    private long _temporary;

    public async ValueTask<SessionRecord?> LoadAsync(SessionKey key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        if (!File.Exists(path))
        {
            return null;
        }

        byte[] bytes;
        try
        {
            bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        try
        {
            return SessionFile.Read(key, bytes);
        }
        catch (SessionRecordException e)
        {
            LogLost(logger, e, key.Value, e.Message);
            await queue.RunAsync(() => PutAside(path, key));
            throw;
        }
    }

    public ValueTask SaveAsync(SessionRecord record, CancellationToken cancellationToken)
    {
        var path = PathOf(new SessionKey(record.Key));
        var content = SessionFile.Write(record);
        return queue.RunAsync(() => Replace(path, content));
    }

    public ValueTask DeleteAsync(SessionKey key, CancellationToken cancellationToken)
    {
        var path = PathOf(key);
        return File.Exists(path) ? queue.RunAsync(() => Remove(path)) : ValueTask.CompletedTask;
    }

    /// <summary>The first lines of all session files. Leftovers of writes that never finished are removed.</summary>
    public IEnumerable<SessionFileHeader> Scan()
    {
        var buffer = new byte[SessionFile.MaxHeaderLength];
        foreach (var path in Directory.EnumerateFiles(folder.Sessions, "*", SearchOption.AllDirectories))
        {
            if (path.EndsWith(TemporarySuffix, StringComparison.Ordinal))
            {
                disk.Delete(path);
            }
            else if (path.EndsWith(SessionFile.Suffix, StringComparison.Ordinal))
            {
                using var handle = File.OpenHandle(path);
                var length = RandomAccess.Read(handle, buffer, fileOffset: 0);
                if (SessionFile.ReadHeader(buffer.AsSpan(0, length)) is { } header && header.Key == Path.GetFileNameWithoutExtension(path))
                {
                    yield return header;
                }
                else
                {
                    // It is put aside when its session is called; here it only counts for nobody.
                    LogUnreadable(logger, Path.GetFileName(path));
                }
            }
        }
    }

    private void Replace(string path, byte[] content)
    {
        var temporary = $"{path}.{Interlocked.Increment(ref _temporary)}{TemporarySuffix}";
        try
        {
            disk.WriteNew(temporary, content);
            disk.Rename(temporary, path);
        }
        catch
        {
            TryDelete(temporary);
            throw;
        }

        disk.FlushFolder(Path.GetDirectoryName(path)!);
    }

    private void Remove(string path)
    {
        disk.Delete(path);
        disk.FlushFolder(Path.GetDirectoryName(path)!);
    }

    private void PutAside(string path, SessionKey key)
    {
        disk.Rename(path, Path.Combine(folder.Lost, key.Value + SessionFile.Suffix));
        disk.FlushFolder(Path.GetDirectoryName(path)!);
    }

    private void TryDelete(string path)
    {
        try
        {
            disk.Delete(path);
        }
        catch (IOException)
        {
            // The next start removes it.
        }
    }

    // Its last two digits choose the folder: 256 folders keep each one small with a million sessions, and a key leads to its file alone.
    private string PathOf(SessionKey key) => Path.Combine(folder.Sessions, key.Value[^2..], key.Value + SessionFile.Suffix);

    [LoggerMessage(Level = LogLevel.Error,
        Message = "Session {Session} is LOST: {Reason} Its file is put aside in the folder 'lost'; no other session is affected.")]
    private static partial void LogLost(ILogger logger, Exception exception, string session, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The session file {File} cannot be read.")]
    private static partial void LogUnreadable(ILogger logger, string file);
}
