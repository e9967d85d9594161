using System.Net;
using OrleansMcp.Authorization;
using OrleansMcp.Configuration;
using OrleansMcp.Http.Admission;
using OrleansMcp.Http.Admission.Callers;
using OrleansMcp.Sessions;

namespace OrleansMcp.Conformance;

/// <summary>
/// Takes everybody on this machine for the same caller: the conformance suite has no credentials. Never more than loopback, whatever
/// address the host came to listen on.
/// </summary>
internal sealed class AnonymousCaller : ICallerAuthenticator
{
    private const string Tenant = "conformance";
    private const string Client = "anonymous";

    private static readonly Caller s_anonymous = new(Tenant, Client, Subject: "anonymous");

    /// <summary>The registration of the anonymous client: without keys, and with quotas that no suite reaches.</summary>
    public static TenantConfiguration Registration { get; } = new()
    {
        Id = Tenant,
        Clients = new Dictionary<string, ClientConfiguration>
        {
            [Client] = new()
            {
                Id = Client,
                Permissions = PermissionSet.Parse("tool:*", "resource:*", "prompt:*"),
                Quotas = new QuotaConfiguration { Sessions = 100_000, CallsPerMinute = 100_000_000, ConcurrentCalls = 100_000 },
            },
        },
    };

    public ValueTask<AuthenticationOutcome> AuthenticateAsync(HttpContext context) => new(
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address) ? s_anonymous : Refusal.NoCredential);
}
