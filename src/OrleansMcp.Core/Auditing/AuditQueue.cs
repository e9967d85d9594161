using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;

namespace OrleansMcp.Auditing;

/// <summary>
/// Queues audit entries for the store; <see cref="Add"/> never waits. Each chain may have a number of waiting entries; further ones are
/// dropped and counted, and the chain gets an entry with their number. A flood of one tenant drops no entry of another.
/// </summary>
/// <param name="most">Limit of waiting entries per chain.</param>
public sealed class AuditQueue(int most)
{
    /// <summary>The event of the entry with the number of dropped entries.</summary>
    public const string DroppedEvent = "audit_dropped";

    private readonly Channel<(Waiting Waiting, AuditEntry Entry)> _entries =
        Channel.CreateUnbounded<(Waiting, AuditEntry)>(new UnboundedChannelOptions { SingleReader = true });

    // Bounded: one chain per configured tenant, and the operator's.
    private readonly ConcurrentDictionary<string, Waiting> _chains = new(StringComparer.Ordinal);

    /// <summary>Queues an entry for every chain of <see cref="AuditFiling"/>; false when it was dropped for one of them.</summary>
    public bool Add(AuditEntry entry)
    {
        var all = true;
        foreach (var (chain, part) in AuditFiling.Of(entry))
        {
            var waiting = _chains.GetOrAdd(chain, static name => new Waiting(name));
            all &= waiting.TryEnter(most) && _entries.Writer.TryWrite((waiting, part));
        }

        return all;
    }

    /// <summary>Closes the queue for further entries.</summary>
    public void Complete() => _entries.Writer.TryComplete();

    /// <summary>Waits for entries; false when the queue is closed and empty.</summary>
    public ValueTask<bool> WaitAsync() => _entries.Reader.WaitToReadAsync();

    /// <summary>Dequeues up to <paramref name="count"/> entries. They count as waiting until <see cref="Written"/> is called.</summary>
    public IEnumerable<(string Chain, AuditEntry Entry)> Take(int count = int.MaxValue)
    {
        while (count-- > 0 && _entries.Reader.TryRead(out var next))
        {
            yield return (next.Waiting.Name, next.Entry);
        }
    }

    /// <summary>Makes room for as many entries of a chain as were stored.</summary>
    public void Written(string chain, int count) => Find(chain)?.Leave(count);

    /// <summary>Counts a dequeued entry as dropped that the store refuses for good.</summary>
    public void Refused(string chain)
    {
        Find(chain)?.Leave(1);
        Find(chain)?.Drop(1);
    }

    /// <summary>Returns an entry with the number of dropped entries for each chain that has any, and resets those numbers.</summary>
    public IEnumerable<(string Chain, AuditEntry Entry)> TakeDropped(DateTimeOffset now)
    {
        foreach (var (chain, waiting) in _chains)
        {
            if (waiting.TakeDropped() is > 0 and var count)
            {
                waiting.Enter();
                yield return (chain, new AuditEntry(now, DroppedEvent, null, null, null, null, null, null,
                    string.Create(CultureInfo.InvariantCulture, $"{count} entries could not be kept")));
            }
        }
    }

    private Waiting? Find(string chain) => _chains.GetValueOrDefault(chain);

    private sealed class Waiting(string name)
    {
        private int _count;
        private long _dropped;

        public string Name => name;

        public bool TryEnter(int most)
        {
            if (Interlocked.Increment(ref _count) <= most)
            {
                return true;
            }

            Leave(1);
            Drop(1);
            return false;
        }

        public void Enter() => Interlocked.Increment(ref _count);

        public void Leave(int count) => Interlocked.Add(ref _count, -count);

        public void Drop(int count) => Interlocked.Add(ref _dropped, count);

        public long TakeDropped() => Interlocked.Exchange(ref _dropped, 0);
    }
}
