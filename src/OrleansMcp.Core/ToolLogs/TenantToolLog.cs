using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Authorization;

namespace OrleansMcp.ToolLogs;

/// <summary>
/// The tool log of one tenant, in memory: the calls of the last day, at most <see cref="MaxEntries"/>. When it is full, the oldest entry of
/// the client with the most entries is removed, so that no client can push out the entries of others.
/// </summary>
internal sealed class TenantToolLog(TimeProvider time)
{
    public const int MaxEntries = 10_000;

    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();

    // Never leaves this object, so that a reader cannot compare hashes of guessed arguments with the log.
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    private readonly Dictionary<string, Queue<ToolLogEntry>> _byClient = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Appends entries, and replaces the digests of their arguments by keyed hashes.</summary>
    public void Append(IReadOnlyList<ToolLogEntry> entries)
    {
        lock (_gate)
        {
            Expire();
            foreach (var entry in entries)
            {
                if (!_byClient.TryGetValue(entry.Client, out var own))
                {
                    _byClient.Add(entry.Client, own = new());
                }

                own.Enqueue(entry with { Arguments = Hash(entry) });
                _count++;
            }

            while (_count > MaxEntries)
            {
                _byClient.Values.MaxBy(own => own.Count)!.Dequeue();
                _count--;
            }
        }
    }

    /// <summary>Reads the newest entries that the query's permissions cover.</summary>
    public IReadOnlyList<ToolLogEntry> Read(ToolLogQuery query)
    {
        var permitted = PermissionSet.OfRecord(query.Permissions);
        var filter = query.Filter;
        lock (_gate)
        {
            Expire();
            return [.. _byClient.Values.SelectMany(own => own.Reverse())
                .Where(entry => permitted.Allows(PermissionKind.ToolLog, entry.Tool)
                    && (filter.Tool is null || entry.Tool == filter.Tool)
                    && (filter.Outcome is null || entry.Outcome == filter.Outcome)
                    && !(entry.At < filter.Since))
                .OrderByDescending(entry => entry.At)
                .Take(Math.Clamp(filter.Limit, 0, ToolLogFilter.MaxLimit))];
        }
    }

    private void Expire()
    {
        var before = time.GetUtcNow() - Life;
        foreach (var (client, own) in _byClient)
        {
            while (own.TryPeek(out var oldest) && oldest.At <= before)
            {
                own.Dequeue();
                _count--;
            }

            if (own.Count == 0)
            {
                _byClient.Remove(client);
            }
        }
    }

    /// <summary>
    /// Hashes client and tool with the arguments: a reader of the log could otherwise call the tool with guessed arguments, and compare the
    /// hash of that call with those of other clients.
    /// </summary>
    private string Hash(ToolLogEntry entry)
    {
        var text = Encoding.UTF8.GetBytes($"{entry.Client}\n{entry.Tool}\n{entry.Arguments}");
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, text, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }
}
