using System.Text.Json;

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

    /// <summary>What all records must satisfy from then on; null when that stays as it was.</summary>
    public RecordSchemaChange? Schema { get; init; }

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

    /// <summary>The JSON Schema that its records satisfy; null when there is none.</summary>
    public JsonElement? Schema { get; init; }

    /// <summary>Transactions of the last minute, so that one that is delivered again is known.</summary>
    public IReadOnlyList<KnownTransaction> Recent { get; init; } = [];
}

/// <summary>Another schema for a namespace.</summary>
/// <param name="Schema">The JSON Schema; null for none.</param>
public sealed record RecordSchemaChange(JsonElement? Schema);

/// <summary>What the owner of a namespace has said of it, as stores keep it.</summary>
/// <param name="Grants">Its grants.</param>
/// <param name="Schema">Its JSON Schema; null for none.</param>
public sealed record RecordRules(IReadOnlyList<RecordGrant> Grants, JsonElement? Schema)
{
    /// <summary>Nothing was said.</summary>
    public static RecordRules None { get; } = new([], Schema: null);

    /// <summary>The rules after transactions, in their order; null when none of them changes any.</summary>
    public RecordRules? After(IEnumerable<RecordCommit> commits)
    {
        var rules = this;
        foreach (var commit in commits)
        {
            rules = commit.Grants is null && commit.Schema is null ? rules
                : new RecordRules(commit.Grants ?? rules.Grants, commit.Schema is { } change ? change.Schema : rules.Schema);
        }

        return ReferenceEquals(rules, this) ? null : rules;
    }
}

/// <summary>A transaction that was made.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Version">Its number.</param>
/// <param name="At">When, UTC.</param>
public sealed record KnownTransaction(Guid Id, long Version, DateTimeOffset At);
