using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Signals.Interference;
using OrleansMcp.Tenants;

namespace OrleansMcp.Records;

/// <summary>What all namespaces of a process share. Immutable services only.</summary>
public sealed class RecordHost(
    ITenantDirectory tenants, ISignals signals, InterferenceDetector interference, IConfigurationSource configuration, TimeProvider time,
    ILogger<RecordSpace> logger)
{
    /// <summary>What a namespace asks for beyond what it needs, bytes.</summary>
    internal const long Spare = 16 * 1024;

    /// <summary>From how much on it returns what it does not need, bytes.</summary>
    internal const long WorthGivingBack = 8 * Spare;

    internal TimeProvider Time { get; } = time;

    internal ILogger Logger { get; } = logger;

    /// <summary>Keeps clients from filling the log while the store is away.</summary>
    internal LogThrottle Logged { get; } = new();

    internal RecordsConfiguration Limits => configuration.Current.Records;

    /// <summary>
    /// Announces the size of a namespace when it is loaded. The tenant counts it and never refuses it, even if the quotas are smaller now.
    /// </summary>
    internal async ValueTask<long> ChargedAsync(RecordSpaceKey key, long bytes)
    {
        try
        {
            return await tenants.Get(key.Tenant).KeepAsync(key.Owner, key.Name, bytes, isHeld: true, CancellationToken.None) is { Refusal: null } charge ? charge.Bytes : bytes;
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException)
        {
            return bytes; // The former charge covers these bytes; the next growth sends a request again.
        }
    }

    /// <summary>
    /// Charges the growth of a namespace to the quotas of owner and tenant, with some spare bytes if they allow it, so that not every write
    /// needs a request to the tenant. Null when the tenant cannot be reached.
    /// </summary>
    internal async ValueTask<StateCharge?> ChargeAsync(RecordSpaceKey key, long bytes)
    {
        try
        {
            var tenant = tenants.Get(key.Tenant);
            var charge = await tenant.KeepAsync(key.Owner, key.Name, bytes + Spare, isHeld: false, CancellationToken.None);
            return charge.Refusal is null ? charge : await tenant.KeepAsync(key.Owner, key.Name, bytes, isHeld: false, CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException)
        {
            RecordLogMessages.ChargeFailed(Logger, e, key.Value);
            return null;
        }
    }

    internal void Raise(string signal, RecordSpaceKey key, RecordAuthor? author, string what) => signals.Raise(new Signal(
        signal, author is null ? null : new Caller(author.Tenant, author.Client, author.Subject),
        new SessionOwner(key.Tenant, key.Owner, key.Owner, KeyThumbprint: null), $"{what} ({key.Owner}/{key.Name}{(author is null ? "" : $", session {author.Session}")})"));

    /// <summary>Counts a durable transaction for <see cref="InterferenceDetector"/>.</summary>
    internal void Wrote(RecordSpaceKey key) => interference.Wrote(key.Tenant);
}

internal static partial class RecordLogMessages
{
    [LoggerMessage(Level = LogLevel.Error, Message = "The records of {Namespace} cannot be charged; nothing that grows them is accepted until they can.")]
    public static partial void ChargeFailed(ILogger logger, Exception exception, string @namespace);
}
