using OrleansMcp.Authorization;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;

namespace OrleansMcp.Sessions;

/// <summary>Registers a new session with its tenant and writes its first record. Unregisters it again when the record cannot be written.</summary>
internal sealed class SessionClaim(
    ISessionStore store, ITenantDirectory tenants, IAttempts attempts, ISignals signals, IConfigurationSource configuration, TimeProvider time)
{
    /// <summary>A new record of a session that <paramref name="caller"/> opens. Writes nothing.</summary>
    public SessionRecord NewRecord(SessionKey key, Caller caller)
    {
        var now = time.GetUtcNow();
        return new()
        {
            Key = key.Value,
            Owner = SessionOwner.Of(caller),
            OpenedAt = now,
            ExpiresAt = now + configuration.Current.Sessions.Lifetime,
            LastActiveAt = now,
        };
    }

    /// <summary>The first record to write: <see cref="NewRecord"/> with the permissions that the caller asked for and may have.</summary>
    public SessionRecord FirstRecord(SessionKey key, Caller caller, PermissionSet? asked) => NewRecord(key, caller) with
    {
        Permissions = PermissionGrant.ToOpen(configuration.Current, caller, asked).Entries,
        Version = 1,
    };

    /// <summary>The first record to write, with what <c>initialize</c> negotiated.</summary>
    public SessionRecord FirstRecord(SessionKey key, Caller caller, Handshake handshake) => FirstRecord(key, caller, handshake.Permissions) with
    {
        ProtocolVersion = handshake.Version,
        ClientInfo = handshake.ClientInfo,
        ClientCapabilities = handshake.Capabilities,
    };

    /// <summary>Registers the session and writes its record. Null when it is open, otherwise the refusal.</summary>
    /// <exception cref="SessionFencedException">
    /// There is a record under this key already. It belongs to another activation, and so does the registration, which is kept.
    /// </exception>
    /// <exception cref="IOException">The record could not be made durable.</exception>
    public async Task<SessionRefusal?> ClaimAsync(Caller caller, SessionRecord record, CancellationToken cancellationToken)
    {
        if (ThrottledException.Of(attempts, caller) is { } throttled)
        {
            return new SessionRefusal(ThrottledException.Code, throttled.Message, throttled.RetryAfterSeconds);
        }

        var (tenant, client, key) = (tenants.Get(record.Owner.Tenant), record.Owner.Client, new SessionKey(record.Key));
        if (await tenant.RegisterAsync(record.Owner, key, record.OpenedAt, cancellationToken) is { } refusal)
        {
            signals.Raise(new Signal(SignalName.QuotaExceeded, caller, What: $"opening a session: {refusal.Code}"));
            return refusal;
        }

        try
        {
            await store.SaveAsync(record, cancellationToken);
            return null;
        }
        catch (Exception e) when (e is not SessionFencedException)
        {
            await tenant.UnregisterAsync(client, key, CancellationToken.None);
            throw;
        }
    }
}
