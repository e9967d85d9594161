using OrleansMcp.Authorization;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;

namespace OrleansMcp.Sessions;

/// <summary>Claims a place with the tenant and writes the first record of a session. Nothing is left behind when either fails.</summary>
internal sealed class SessionClaim(
    ISessionStore store, ITenantDirectory tenants, IAttempts attempts, ISignals signals, IConfigurationSource configuration, TimeProvider time)
{
    /// <summary>The record of a session that <paramref name="caller"/> opens, before anything of it is durable.</summary>
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

    /// <summary>The same, with what the caller may have of the permissions it asks for, as it is to be written.</summary>
    public SessionRecord FirstRecord(SessionKey key, Caller caller, PermissionSet? asked) => NewRecord(key, caller) with
    {
        Permissions = PermissionGrant.ToOpen(configuration.Current, caller, asked).Entries,
        Version = 1,
    };

    /// <summary>The same, with what <c>initialize</c> settled.</summary>
    public SessionRecord FirstRecord(SessionKey key, Caller caller, Handshake handshake) => FirstRecord(key, caller, handshake.Permissions) with
    {
        ProtocolVersion = handshake.Version,
        ClientInfo = handshake.ClientInfo,
        ClientCapabilities = handshake.Capabilities,
    };

    /// <summary>Makes the session durable. The refusal when it may not be opened; null when it is open.</summary>
    /// <exception cref="SessionFencedException">There is a record under this key already: it is another activation's, and so is its place.</exception>
    /// <exception cref="IOException">The record could not be made durable.</exception>
    public async Task<SessionRefusal?> ClaimAsync(Caller caller, SessionRecord record, CancellationToken cancellationToken)
    {
        if (ThrottledException.Of(attempts, caller) is { } throttled)
        {
            return new SessionRefusal(ThrottledException.Code, throttled.Message, throttled.RetryAfterSeconds);
        }

        var (tenant, client, key) = (tenants.Get(record.Owner.Tenant), record.Owner.Client, new SessionKey(record.Key));
        if (await tenant.RegisterAsync(client, key, cancellationToken) is { } refusal)
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
