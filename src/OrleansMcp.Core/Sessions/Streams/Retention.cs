namespace OrleansMcp.Sessions.Streams;

/// <summary>
/// What is held beyond its first use, in the order in which it was added, with a budget of a count and of bytes. It only says what exceeds
/// the budget; its user removes that. Not thread-safe.
/// </summary>
internal sealed class Retention<T>(int maxCount, long maxBytes) where T : class
{
    private readonly LinkedList<(T Item, long Bytes)> _order = new();
    private readonly Dictionary<T, LinkedListNode<(T Item, long Bytes)>> _places = new(ReferenceEqualityComparer.Instance);
    private long _bytes;

    public int Count => _order.Count;

    /// <summary>The oldest item while the budget is exceeded, to be removed next; null within the budget.</summary>
    public T? Excess => (_order.Count > maxCount || _bytes > maxBytes) && _order.First is { } oldest ? oldest.Value.Item : null;

    /// <summary>The oldest item; null when nothing is held.</summary>
    public T? Oldest => _order.First?.Value.Item;

    /// <summary>Adds an item as the newest.</summary>
    public void Add(T item, long bytes)
    {
        _places.Add(item, _order.AddLast((item, bytes)));
        _bytes += bytes;
    }

    /// <summary>Removes an item, if it is held.</summary>
    public void Remove(T item)
    {
        if (_places.Remove(item, out var place))
        {
            _order.Remove(place);
            _bytes -= place.Value.Bytes;
        }
    }
}
