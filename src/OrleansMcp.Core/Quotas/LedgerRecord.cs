using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansMcp.Policies.Counters;

namespace OrleansMcp.Quotas;

/// <summary>
/// What a tenant's ledgers leave behind, written before anything is handed out that it does not cover. Amounts are upper bounds: a crash
/// counts too much, never too little.
/// </summary>
public sealed record LedgerRecord
{
    /// <summary>The minute, counted from year 1 UTC.</summary>
    public required long Window { get; init; }

    /// <summary>
    /// The last minute for which the amounts hold, each minute by itself: what was reserved for one may be handed out in those that follow,
    /// so that a store that is away for a while does not stop the calls that need no other write. A crash within that time counts as if all
    /// of it had been handed out in the minute of the restart.
    /// </summary>
    public long Through { get; init; }

    /// <summary>Reserved by the tenant, by number of <see cref="Quota"/>.</summary>
    public long[] Tenant { get; init; } = [];

    /// <summary>Reserved by its clients.</summary>
    public Dictionary<string, long[]> Clients { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Slots for calls at a time that were out at most, by client.</summary>
    public Dictionary<string, int> Slots { get; init; } = new(StringComparer.Ordinal);

    /// <summary>
    /// What each session of each client has spent; null when the ledgers were not closed in order. Then every session of that time counts as having spent
    /// all of the minute.
    /// </summary>
    public Dictionary<string, Dictionary<string, long[]>>? Sessions { get; init; }

    /// <summary>Where the policy counters that sessions share stand at most.</summary>
    public IReadOnlyList<CountedWindow> Counters { get; init; } = [];

    /// <summary>What the namespaces of records of each client hold at most, bytes.</summary>
    public Dictionary<string, Dictionary<string, long>> Namespaces { get; init; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Every window that was open at this moment, of a quota or of a policy counter, counts as spent, whichever client it belongs to, UTC.
    /// Null: the amounts say what was spent. Set when what was spent is not known: after a restore, or after damage.
    /// </summary>
    public DateTimeOffset? SpentAt { get; init; }

    /// <summary>As stored.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, LedgerJson.Default.LedgerRecord);

    /// <exception cref="InvalidDataException">The bytes are no record.</exception>
    public static LedgerRecord Read(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, LedgerJson.Default.LedgerRecord) ?? throw new InvalidDataException("The ledgers are empty.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("The ledgers cannot be read.", e);
        }
    }
}

[JsonSerializable(typeof(LedgerRecord))]
internal sealed partial class LedgerJson : JsonSerializerContext;
