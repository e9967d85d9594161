using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Tests.Quotas;

internal static class LedgerBenchExtensions
{
    /// <summary>Registers a session of a client that acts for itself.</summary>
    public static ValueTask<SessionRefusal?> RegisterAsync(this Tenant tenant, string client, SessionKey session) =>
        tenant.RegisterAsync(new SessionOwner("acme", client, client, KeyThumbprint: null), session, DateTimeOffset.UnixEpoch, CancellationToken.None);
}
