using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Permissions;

namespace OrleansMcp.ToolLogs;

/// <summary>
/// The tool log of one tenant, in memory: the calls of the last day, so many of them. When it is full, the oldest of the client with most gives
/// way, so that nobody washes the traces of others out of it.
/// </summary>
internal sealed class TenantToolLog(TimeProvider time)
{
    public const int MaxEntries = 10_000;

    public static readonly TimeSpan Life = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32); // Known here only: what is guessed cannot be compared with the log.
    private readonly Dictionary<string, Queue<ToolLogEntry>> _byClient = new(StringComparer.Ordinal);
    private int _count;

    /// <summary>Takes entries with the digests of their arguments.</summary>
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

    /// <summary>The newest entries that the query's permissions cover.</summary>
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
    /// Of one client and tool: who may read the log could otherwise call the tool with what it guesses, and compare the hash of its own call.
    /// </summary>
    private string Hash(ToolLogEntry entry)
    {
        var text = Encoding.UTF8.GetBytes($"{entry.Client}\n{entry.Tool}\n{entry.Arguments}");
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, text, hash);
        return Convert.ToHexStringLower(hash[..16]);
    }
}
