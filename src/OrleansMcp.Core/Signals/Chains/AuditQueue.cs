using System.Collections.Concurrent;
using System.Globalization;
using System.Threading.Channels;

namespace OrleansMcp.Signals.Chains;

/// <summary>
/// Entries on their way to the store. Who appends never waits. Each chain may have a number of entries waiting; further ones are counted,
/// and the chain gets an entry that says how many it lacks. One tenant's flood takes nothing from another's audit.
/// </summary>
/// <param name="most">Entries that may wait, per chain.</param>
public sealed class AuditQueue(int most)
{
    /// <summary>The event of the entry that stands for dropped ones.</summary>
    public const string DroppedEvent = "audit_dropped";

    private readonly Channel<(Waiting Waiting, AuditEntry Entry)> _entries =
        Channel.CreateUnbounded<(Waiting, AuditEntry)>(new UnboundedChannelOptions { SingleReader = true });

    // Bounded: chains are those of configured tenants, and the operator's.
    private readonly ConcurrentDictionary<string, Waiting> _chains = new(StringComparer.Ordinal);

    /// <summary>Takes an entry in, for every chain it belongs to; false when one of them dropped it.</summary>
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

    /// <summary>No entries come any more.</summary>
    public void Complete() => _entries.Writer.TryComplete();

    /// <summary>Waits for entries; false when none will come.</summary>
    public ValueTask<bool> WaitAsync() => _entries.Reader.WaitToReadAsync();

    /// <summary>Takes up to <paramref name="count"/> entries out. They go on counting as waiting until they are <see cref="Written"/>.</summary>
    public IEnumerable<(string Chain, AuditEntry Entry)> Take(int count = int.MaxValue)
    {
        while (count-- > 0 && _entries.Reader.TryRead(out var next))
        {
            yield return (next.Waiting.Name, next.Entry);
        }
    }

    /// <summary>Makes room: entries of a chain are in the store.</summary>
    public void Written(string chain, int count) => Find(chain)?.Leave(count);

    /// <summary>Counts an entry that waited and that the store never takes.</summary>
    public void Refused(string chain)
    {
        Find(chain)?.Leave(1);
        Find(chain)?.Drop(1);
    }

    /// <summary>The chains that lack entries, each with an entry that says how many. Those counts begin anew.</summary>
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
