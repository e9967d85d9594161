using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Caching;
using OrleansMcp.Configuration;
using OrleansMcp.Cutoffs;
using OrleansMcp.Memory;
using OrleansMcp.Quotas;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Records;
using OrleansMcp.Secrets;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Sessions.Reading;
using OrleansMcp.Sessions.State;
using OrleansMcp.Sessions.Streams;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Signals;
using OrleansMcp.Signals.Interference;
using OrleansMcp.Tenants;
using OrleansMcp.ToolLogs;
using OrleansMcp.Tools;
using OrleansMcp.Upstreams;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Sessions;

/// <summary>
/// Composes the sessions of a process: each gets its own parts, and the parts share only services that hold no state of a session for
/// another.
/// </summary>
internal sealed class SessionFactory(
    Catalogue catalogue, ITenantDirectory tenants, ISessionDirectory sessions, IRecordSpaceDirectory records, IEnumerable<ISecretSource> secretSources,
    IUpstreamConnector connector, ISignals signals, IAttempts attempts, InterferenceDetector interference, IConfigurationSource configuration, HeldMemory memory, CutoffTable cutoffs, SessionIdIssuer ids, SessionMetrics metrics,
    TenantMetrics tenantMetrics, TimeProvider time, IServiceProvider application, ILogger<Session> logger)
{
    private readonly ISecretSource[] _secretSources = [.. secretSources];
    private readonly HandlerTurn _turn = new(new FairScheduler(() => configuration.Current.Scheduler, time), time);
    private readonly EgressConnections _egress = new();
    private readonly FailureLog _failures = new(time, logger);
    private readonly ReplyWriter _replies = new(catalogue);
    private readonly TenantCacheClient _cache = new(tenants, time, logger);
    private readonly UpstreamServices _upstreams = new(connector, new ToolPins(tenants.Get, time), new SharedDefinitions(), time, logger);
    private readonly SessionServices _services = new(
        catalogue, configuration, signals, metrics, new LiveSessions(configuration), cutoffs, new ListChangeAudience(catalogue), time, logger);

    /// <summary>The clock of the sessions.</summary>
    public TimeProvider Time => time;

    /// <summary>Buffers summaries of tool calls until they are sent to their tenants.</summary>
    public ToolLogBuffer ToolLog { get; } = new(tenants, metrics, time, logger);

    /// <summary>Creates the instance of a session.</summary>
    /// <param name="key">The session's key.</param>
    /// <param name="stored">The stored record; null when there is none.</param>
    /// <param name="store">Stores the record.</param>
    /// <param name="retired">See <see cref="Session.Retired"/>.</param>
    public Session Create(SessionKey key, SessionRecord? stored, ISessionStore store, Action<Session>? retired = null)
    {
        var record = new CurrentRecord(key, stored is null ? null : PermissionGrant.Share(stored, configuration.Current));
        return new Session(Compose(record, store), _services) { Retired = retired };
    }

    private SessionParts Compose(CurrentRecord record, ISessionStore store)
    {
        var life = RandomNumberGenerator.GetHexString(8, lowercase: true); // makes event ids and request ids unique over all activations
        var activity = new LastActivity(time, record.OrNull?.LastActiveAt ?? time.GetUtcNow());
        var account = new SessionAccount(record, tenants, signals, tenantMetrics, configuration, time);
        var writer = new StateWriter(record, store, activity, new StateQuota(record, account), _failures, logger);
        var authorization = new SessionAuthorization(record, configuration, signals);
        var policy = new SessionPolicy(record, configuration, catalogue);
        var counters = new PolicyCounters(record, writer, tenants, time, logger);
        var vault = new SessionVault(record, configuration);
        var streams = new SessionStreams(record, life, memory, configuration);
        var changes = new SessionChanges(record, authorization, streams);
        var requests = new ClientRequests(streams, life, configuration, time);
        var inputs = new PendingInputs(ids, signals, attempts, configuration, _replies, time);
        var calls = new RunningCalls(configuration, inputs);
        var servers = new SessionUpstreams(_upstreams, authorization, configuration);
        var revocation = new Revocation(record, authorization, policy, servers, calls, inputs, changes, _replies, _failures);
        var client = new NegotiatedClient(record);
        var references = new ReferencedSecrets(record, vault, _secretSources, time, logger);
        var trail = new SessionTrail(record, writer, configuration);
        var forwarding = new UpstreamForwarding(servers, trail, references);
        var environment = new HandlerEnvironment
        {
            Record = record,
            Values = new SessionValues(record, writer, configuration, interference, time),
            Vault = vault,
            Authorization = authorization,
            Account = account,
            Attempts = attempts,
            Streams = streams,
            Changes = changes,
            Notifier = new ClientNotifier(changes, streams, account, client),
            Requests = requests,
            Inputs = inputs,
            Client = client,
            ToolLog = new SessionToolLog(authorization, ToolLog, tenants),
            Records = records,
            Configuration = configuration,
            Egress = _egress,
            Upstreams = forwarding,
            Application = application,
            ServerOptions = catalogue.Options,
        };
        servers.Environment = forwarding.Environment = environment;
        var admission = new CallAdmission(account, record, metrics, time, _failures);
        var toolFailures = new ToolFailures(record, _failures);
        var (permission, lookup, arguments) = (new PermissionCheck(authorization, _replies), new ToolLookup(catalogue, forwarding, record, toolFailures, _replies), new ArgumentCheck(_replies));
        var rules = new PolicyCheck(policy, counters, trail, record, signals, _replies);
        var router = new RequestRouter(
            new ToolCallPipeline(
                new ToolCallLogging(record, ToolLog, interference, time),
                permission,
                lookup,
                arguments,
                new SecretPreparation(references),
                rules,
                new QuotaAdmission(admission, _replies),
                new SessionHandleTools(sessions, ids, signals, attempts, trail, configuration, _replies, time),
                new OutputCaching(_cache, authorization, catalogue, configuration, metrics, _replies),
                new SchedulerTurn(_turn),
                new HandlerInvocation(environment, [permission, lookup, arguments, rules], _replies, toolFailures)),
            new ListMethods(catalogue, authorization, policy, configuration, environment, _replies),
            new ReadMethods(catalogue, authorization, references, environment, admission, _turn, _replies),
            new SubscriptionMethods(changes, authorization, writer, environment, _replies, time),
            account);
        var runner = new RequestRunner(record, client, calls, new CallCharges(memory, account, _replies, time), inputs, revocation, router, activity, metrics, interference, time, _failures);
        return new SessionParts
        {
            Record = record,
            Activity = activity,
            Claim = new SessionClaim(store, tenants, attempts, signals, configuration, time),
            End = new EndSequence(record, store, calls, servers, vault, tenants, signals, metrics, time, logger),
            Writer = writer,
            Authorization = authorization,
            Counters = counters,
            Account = account,
            Vault = vault,
            Servers = servers,
            Streams = streams,
            Changes = changes,
            Requests = requests,
            Inputs = inputs,
            Calls = calls,
            Revocation = revocation,
            Intake = new MessageIntake(record, account, streams, runner, calls, requests, forwarding, _replies),
            Operators = new OperatorCommands(record, activity, authorization, writer, revocation, _cache, calls, inputs, signals),
        };
    }
}
