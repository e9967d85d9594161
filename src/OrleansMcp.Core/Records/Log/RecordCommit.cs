namespace OrleansMcp.Records.Log;

/// <summary>One transaction as a store keeps it.</summary>
/// <param name="Version">Its number; one more than that of the transaction before.</param>
/// <param name="Id">Its name.</param>
/// <param name="Author">Who made it.</param>
/// <param name="At">When, UTC.</param>
public sealed record RecordCommit(long Version, Guid Id, RecordAuthor Author, DateTimeOffset At)
{
    /// <summary>The records it wrote, as they are from then on.</summary>
    public IReadOnlyList<Record> Puts { get; init; } = [];

    /// <summary>The keys it deleted.</summary>
    public IReadOnlyList<string> Deletes { get; init; } = [];

    /// <summary>All grants of the namespace from then on; null when they stay as they were.</summary>
    public IReadOnlyList<RecordGrant>? Grants { get; init; }

    /// <summary>How many records it touches.</summary>
    public int Changes => Puts.Count + Deletes.Count;

    /// <summary>How large its values are, bytes.</summary>
    internal long Bytes => Puts.Sum(put => put.Size);
}

/// <summary>A namespace as a store holds it.</summary>
/// <param name="Version">The number of its last transaction.</param>
public sealed record RecordImage(long Version)
{
    /// <summary>Its records, in any order.</summary>
    public IReadOnlyList<Record> Records { get; init; } = [];

    /// <summary>Its grants.</summary>
    public IReadOnlyList<RecordGrant> Grants { get; init; } = [];

    /// <summary>Transactions of the last minute, so that one that is delivered again is known.</summary>
    public IReadOnlyList<KnownTransaction> Recent { get; init; } = [];
}

/// <summary>A transaction that was made.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Version">Its number.</param>
/// <param name="At">When, UTC.</param>
public sealed record KnownTransaction(Guid Id, long Version, DateTimeOffset At);
