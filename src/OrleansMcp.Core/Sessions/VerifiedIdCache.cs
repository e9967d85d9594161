namespace OrleansMcp.Sessions;

/// <summary>
/// Session ids that were found valid, each with its owner, so that a busy session does not pay for MACs with every call. A fixed table in
/// which the newest wins: what is missing is judged again. Nothing but valid ids is kept, and what a set of keys judged lives no longer
/// than that set.
/// </summary>
internal sealed class VerifiedIdCache
{
    private const int Size = 8192; // 64 KB of references, and at most some 2 MB behind them

    private readonly Entry?[] _entries = new Entry?[Size];

    /// <summary>
    /// Finds the session of a valid id. The owner is compared first: what a stranger presents is never compared with an id that is not its
    /// own, so that no time it takes tells anything about one.
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

    // The runtime's string hash is keyed with random numbers of this process: nobody can choose ids that meet in one slot.
    private ref Entry? SlotOf(ReadOnlySpan<char> id) => ref _entries[string.GetHashCode(id, StringComparison.Ordinal) & (Size - 1)];

    private sealed record Entry(string Id, SessionOwner Owner, SessionKey Key);
}
