using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansMcp.Authorization.Policies.Counters;

namespace OrleansMcp.Quotas;

/// <summary>
/// The stored form of a tenant's ledgers, written before a lease is granted that it does not cover. Amounts are upper bounds: after a crash
/// too much counts as spent, never too little.
/// </summary>
public sealed record LedgerRecord
{
    /// <summary>The minute, counted from year 1 UTC.</summary>
    public required long Window { get; init; }

    /// <summary>
    /// The last minute for which the amounts hold, in each minute anew: what is reserved for <see cref="Window"/> may be leased in the
    /// following minutes as well, so that an unreachable store does not stop calls that need no further write. After a crash within that
    /// time all of it counts as leased in the minute of the restart.
    /// </summary>
    public long Through { get; init; }

    /// <summary>Amounts reserved for the tenant, by number of <see cref="Quota"/>.</summary>
    public long[] Tenant { get; init; } = [];

    /// <summary>Amounts reserved for each client, by number of <see cref="Quota"/>.</summary>
    public Dictionary<string, long[]> Clients { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Upper bound of the leased slots for concurrent calls, by client.</summary>
    public Dictionary<string, int> Slots { get; init; } = new(StringComparer.Ordinal);

    /// <summary>
    /// What each session of each client has spent; null when the ledgers were not closed in order. Then every session of that time counts
    /// as having spent all of the minute.
    /// </summary>
    public Dictionary<string, Dictionary<string, long[]>>? Sessions { get; init; }

    /// <summary>Upper bounds of the policy counters that sessions share.</summary>
    public IReadOnlyList<CountedWindow> Counters { get; init; } = [];

    /// <summary>Upper bounds of the state in the namespaces of records, by client and namespace, bytes.</summary>
    public Dictionary<string, Dictionary<string, long>> Namespaces { get; init; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Every window of a quota or policy counter that was open at this time (UTC) counts as spent, for all clients. Set when the amounts
    /// are not known, after a restore or after damage; null otherwise.
    /// </summary>
    public DateTimeOffset? SpentAt { get; init; }

    /// <summary>Serializes the record.</summary>
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, LedgerJson.Default.LedgerRecord);

    /// <summary>Reads what <see cref="ToBytes"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a record.</exception>
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
