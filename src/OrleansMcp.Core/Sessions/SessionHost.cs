using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Records;
using OrleansMcp.Secrets.References;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;
using OrleansMcp.ToolLogs;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>What all session actors of a process share. Immutable services only: no session can leave anything here for another.</summary>
public sealed partial class SessionHost(
    Catalogue catalogue, ITenantDirectory tenants, ISignals signals, IConfigurationSource configuration,
    SessionIdIssuer ids, SessionMetrics metrics, TimeProvider time, IServiceProvider services, ILogger<Session> logger)
{
    internal Catalogue Catalogue { get; } = catalogue;

    internal ITenantDirectory Tenants { get; } = tenants;

    internal ISignals Signals { get; } = signals;

    internal ServerConfiguration Configuration => configuration.Current;

    internal SessionIdIssuer Ids { get; } = ids;

    internal SessionMetrics Metrics { get; } = metrics;

    /// <summary>The clock that sessions live by.</summary>
    public TimeProvider Time { get; } = time;

    internal IServiceProvider Services { get; } = services;

    internal ILogger Logger { get; } = logger;

    /// <summary>Gives tool calls their turn.</summary>
    internal FairScheduler Scheduler { get; } = new(() => configuration.Current.Scheduler, time);

    /// <summary>The ways out for tools.</summary>
    internal EgressConnections Egress { get; } = new();

    /// <summary>Sessions somebody listens to, told when the catalogue changes.</summary>
    internal ListChangeAudience Audience { get; } = new(catalogue);

    /// <summary>Summaries of tool calls on their way to their tenants.</summary>
    internal ToolLogBuffer ToolLog { get; } = new(tenants, metrics, time, logger);

    /// <summary>Sessions in memory, told when the configuration changes.</summary>
    internal LiveSessions Live { get; } = new(configuration);

    /// <summary>What the SDK's server type asks for; this project configures nothing through it.</summary>
    internal McpServerOptions ServerOptions { get; } = new() { ServerInfo = catalogue.ServerInfo };

    /// <summary>Resolved late: a directory builds sessions, and sessions open others through it.</summary>
    internal ISessionDirectory Directory => field ??= Services.GetRequiredService<ISessionDirectory>();

    /// <summary>Resolved late, like the sessions' own: a directory builds what asks for it.</summary>
    internal IRecordSpaceDirectory Records => field ??= Services.GetRequiredService<IRecordSpaceDirectory>();

    private ISecretSource[] SecretSources => field ??= [.. Services.GetServices<ISecretSource>()];

    /// <summary>What reads secrets from that kind of place.</summary>
    /// <exception cref="SecretSourceException">This host has none.</exception>
    internal ISecretSource SecretSource(string name) =>
        SecretSources.FirstOrDefault(source => source.Name == name)
        ?? throw new SecretSourceException($"This host reads no secrets from {name}.");

    /// <summary>Gives back the place of a session that ended in an earlier life of its actor.</summary>
    public ValueTask UnregisterAsync(SessionOwner owner, SessionKey key) =>
        Tenants.Get(owner.Tenant).UnregisterAsync(owner.Client, key, CancellationToken.None);

    /// <summary>
    /// When to see whether the time of a stored session is over, UTC. As of its record, which is told of the last message when an
    /// activation leaves: never too late.
    /// </summary>
    public DateTimeOffset DueAt(State.SessionRecord record)
    {
        var idle = record.LastActiveAt + Configuration.Sessions.IdleTimeout;
        return idle < record.ExpiresAt ? idle : record.ExpiresAt;
    }

    /// <summary>Sends what the tool log still holds here, for engines that let the process go.</summary>
    public Task FlushToolLogAsync(CancellationToken cancellationToken) => ToolLog.FlushAsync(cancellationToken);

    /// <summary>A name for an activation: what it numbers never repeats in another life of the same session.</summary>
    internal static string NewLife() => RandomNumberGenerator.GetHexString(8, lowercase: true);
}
