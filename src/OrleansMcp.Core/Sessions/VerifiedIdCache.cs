namespace OrleansMcp.Sessions;

/// <summary>
/// Session ids that were verified, each with its owner, so that not every request computes MACs. A table of fixed size in which a new id
/// replaces another one of its slot. Holds valid ids only; each set of keys has its own cache.
/// </summary>
internal sealed class VerifiedIdCache
{
    private const int Size = 8192; // 64 KB of references, and at most some 2 MB behind them

    private readonly Entry?[] _entries = new Entry?[Size];

    /// <summary>
    /// Finds the session of a valid id. The owner is compared first: an id is compared only with ids of its caller, so that the time of the
    /// comparison reveals nothing of other callers' ids.
    /// </summary>
    public bool TryFind(ReadOnlySpan<char> id, Caller caller, out SessionKey key)
    {
        if (Volatile.Read(ref SlotOf(id)) is { } entry && entry.Owner.Is(caller) && id.SequenceEqual(entry.Id))
        {
            key = entry.Key;
            return true;
        }

        key = default;
        return false;
    }

    public void Add(ReadOnlySpan<char> id, Caller caller, SessionKey key) =>
        Volatile.Write(ref SlotOf(id), new Entry(id.ToString(), SessionOwner.Of(caller), key));

    // The runtime's string hash has a random key in each process: an attacker cannot choose ids that share a slot.
    private ref Entry? SlotOf(ReadOnlySpan<char> id) => ref _entries[string.GetHashCode(id, StringComparison.Ordinal) & (Size - 1)];

    private sealed record Entry(string Id, SessionOwner Owner, SessionKey Key);
}
