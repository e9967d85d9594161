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

/// <summary>Another actor has written the tenant's ledgers; this one's are out of date.</summary>
public sealed class LedgerFencedException(Exception? inner) : IOException("Another actor keeps this tenant's ledgers.", inner);

/// <summary>Keeps the ledgers of tenants.</summary>
public interface ILedgerStore
{
    /// <summary>
    /// Whether sessions and their calls may outlive the tenant's actor. If so, slots that were out when it was lost are out until they expire.
    /// </summary>
    bool SessionsOutliveTenant { get; }

    /// <summary>The ledgers, or null when there are none.</summary>
    /// <exception cref="IOException">They cannot be read at the moment.</exception>
    /// <exception cref="InvalidDataException">They are there, and damaged for good.</exception>
    ValueTask<LedgerRecord?> LoadAsync(string tenant, CancellationToken cancellationToken);

    /// <summary>Replaces the ledgers; on return the new ones are durable.</summary>
    /// <exception cref="IOException">They may not be.</exception>
    ValueTask SaveAsync(string tenant, LedgerRecord record, CancellationToken cancellationToken);
}

/// <summary>For processes without a store: what the tenant's actor forgets is forgotten.</summary>
public sealed class VolatileLedgerStore : ILedgerStore
{
    /// <inheritdoc/>
    public bool SessionsOutliveTenant => false;

    /// <inheritdoc/>
    public ValueTask<LedgerRecord?> LoadAsync(string tenant, CancellationToken cancellationToken) => default;

    /// <inheritdoc/>
    public ValueTask SaveAsync(string tenant, LedgerRecord record, CancellationToken cancellationToken) => default;
}
