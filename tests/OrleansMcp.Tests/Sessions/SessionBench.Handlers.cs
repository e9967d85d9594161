using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Server;
using OrleansMcp.Caching;
using OrleansMcp.Hosting;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Quotas;
using OrleansMcp.Records;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Sessions.Reading;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Sessions;
using OrleansMcp.ToolLogs;
using OrleansMcp.Tools;
using OrleansMcp.Upstreams.Pins;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Tests.Sessions;

/// <summary>What runs handlers, and the catalogue that they are in.</summary>
internal sealed partial class SessionBench : ISessionDirectory, IRecordSpaceDirectory
{
    public Catalogue Catalogue => field ??= Application.GetRequiredService<Catalogue>();

    public FairScheduler Scheduler => field ??= new(() => Configuration.Current.Scheduler, Time);

    public TenantCacheClient Cache => field ??= new(Tenants, Time, NullLogger.Instance);

    public ToolLogBuffer ToolLog => field ??= new(Tenants, Metrics, Time, NullLogger.Instance);

    public List<ISecretSource> SecretSources { get; } = [];

    public ReferencedSecrets References => field ??= new(Record, Vault, SecretSources, Time, NullLogger.Instance);

    public SubscriptionMethods Subscriptions => field ??= new(Changes, Authorization, Writer, Environment, Replies, Time);

    public ListMethods Lists => field ??= new(Catalogue, Authorization, Policy, Configuration, Environment, Replies);

    public FailureLog Failures => field ??= new(Time, NullLogger.Instance);

    public ToolFailures ToolFailures => field ??= new(Record, Failures);

    public SessionTrail Trail => field ??= new(Record, Writer, Configuration);

    /// <summary>Connects to other servers. Default: to none.</summary>
    public IUpstreamConnector Connector { get; init; } = new NoConnector();

    public SessionUpstreams Servers => field ??= new(
        new UpstreamServices(Connector, new ToolPins(Tenants.Get, Time), new SharedDefinitions(), Time, NullLogger.Instance), Authorization, Configuration);

    public UpstreamForwarding Forwarding => field ??= new(Servers, Trail, References);

    public HandlerTurn Turn => field ??= new(Scheduler, Time);

    public CallAdmission Admission => field ??= new(Account, Record, Metrics, Time, Failures);

    public ReadMethods Reads => field ??= new(Catalogue, Authorization, References, Environment, Admission, Turn, Replies);

    public RequestRouter Router => field ??= new(Pipeline, Lists, Reads, Subscriptions, Account);

    public CallCharges Charges => field ??= new(Memory, Account, Replies, Time);

    public RequestRunner Runner => field ??= new(
        Record, Client, Calls, Charges, Inputs, Revocation, Router, Activity, Metrics, Interference, Time, Failures);

    /// <summary>The session that every key leads to, for tests of handles.</summary>
    public ISession? Other { get; set; }

    public HandlerEnvironment Environment => field ??= new()
    {
        Record = Record,
        Values = Values,
        Vault = Vault,
        Authorization = Authorization,
        Account = Account,
        Attempts = Attempts,
        Streams = Streams,
        Changes = Changes,
        Notifier = new ClientNotifier(Changes, Streams, Account, Client),
        Requests = Requests,
        Inputs = Inputs,
        Client = Client,
        ToolLog = new SessionToolLog(Authorization, ToolLog, Tenants),
        Records = this,
        Configuration = Configuration,
        Egress = new EgressConnections(),
        Upstreams = Forwarding,
        Application = Application,
        ServerOptions = Catalogue.Options,
    };

    public ToolCallPipeline Pipeline => field ??= new(
        new ToolCallLogging(Record, ToolLog, Interference, Time),
        new PermissionCheck(Authorization, Replies),
        new ToolLookup(Catalogue, Forwarding, Record, ToolFailures, Replies),
        new ArgumentCheck(Replies),
        new SecretPreparation(References),
        new PolicyCheck(Policy, Counters, Trail, Record, Signals, Replies),
        new QuotaAdmission(Admission, Replies),
        new SessionHandleTools(this, Ids, Signals, Attempts, Trail, Configuration, Replies, Time),
        new OutputCaching(Cache, Authorization, Catalogue, Configuration, Metrics, Replies),
        new SchedulerTurn(Turn),
        new HandlerInvocation(Environment, [], Replies, ToolFailures));

    private ServiceProvider Application => field ??= new ServiceCollection()
        .AddSingleton<TimeProvider>(Time)
        .AddSessionActors()
        .AddMcpServer(static options => options.ServerInfo = new() { Name = "bench", Version = "1" })
        .WithTools(Tools).WithResources<BenchResources>().WithPrompts<BenchResources>().Services
        .BuildServiceProvider();

    ISession ISessionDirectory.Get(SessionKey key) => Other ?? throw new InvalidOperationException("No test expects another session here.");

    IRecordSpace IRecordSpaceDirectory.Get(RecordSpaceKey key) => throw new InvalidOperationException("No test of a session's part has records.");
}
