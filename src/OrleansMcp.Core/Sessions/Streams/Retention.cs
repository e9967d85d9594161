namespace OrleansMcp.Sessions.Streams;

/// <summary>
/// What is held although nobody waits for it, in the order in which it came, up to a count and a number of bytes. It only says what is too
/// much: its user lets go of that. Not thread-safe.
/// </summary>
internal sealed class Retention<T>(int maxCount, long maxBytes) where T : class
{
    private readonly LinkedList<(T Item, long Bytes)> _order = new();
    private readonly Dictionary<T, LinkedListNode<(T Item, long Bytes)>> _places = new(ReferenceEqualityComparer.Instance);
    private long _bytes;

    public int Count => _order.Count;

    /// <summary>What is to be let go of next, the oldest; null while all that is held is within the budget.</summary>
    public T? Excess => (_order.Count > maxCount || _bytes > maxBytes) && _order.First is { } oldest ? oldest.Value.Item : null;

    /// <summary>Holds one more, as the newest.</summary>
    public void Add(T item, long bytes)
    {
        _places.Add(item, _order.AddLast((item, bytes)));
        _bytes += bytes;
    }

    /// <summary>Holds it no longer. Harmless for what is not held.</summary>
    public void Remove(T item)
    {
        if (_places.Remove(item, out var place))
        {
            _order.Remove(place);
            _bytes -= place.Value.Bytes;
        }
    }
}
