using OrleansMcp.Records.Log;
using OrleansMcp.Sessions;

namespace OrleansMcp.Records;

/// <summary>Transactions that may be delivered again, by id: kept for twice as long as a front end repeats a delivery.</summary>
/// <remarks>Not thread-safe: the lock of the namespace guards it.</remarks>
internal sealed class KnownTransactions(TimeProvider time)
{
    private const int Most = 128;
    private static readonly TimeSpan s_memory = 2 * DeliveryName.Lifetime;

    private readonly Dictionary<Guid, KnownTransaction> _byId = [];
    private readonly Queue<KnownTransaction> _inOrder = new();

    public void Begin(IReadOnlyList<KnownTransaction> known)
    {
        foreach (var one in known)
        {
            Add(one);
        }
    }

    public KnownTransaction? Find(Guid id) => id == Guid.Empty ? null : _byId.GetValueOrDefault(id);

    public void Add(KnownTransaction transaction)
    {
        if (transaction.Id != Guid.Empty && _byId.TryAdd(transaction.Id, transaction))
        {
            _inOrder.Enqueue(transaction);
        }

        var now = time.GetUtcNow();
        while (_inOrder.TryPeek(out var oldest) && (_inOrder.Count > Most || oldest.At <= now - s_memory))
        {
            _byId.Remove(_inOrder.Dequeue().Id);
        }
    }

    /// <summary>Those that are remembered, and some more.</summary>
    public IReadOnlyList<KnownTransaction> With(IEnumerable<KnownTransaction> more)
    {
        var all = _inOrder.Concat(more).Where(one => one.Id != Guid.Empty).ToList();
        return all.Count <= Most ? all : all.GetRange(all.Count - Most, Most);
    }
}
