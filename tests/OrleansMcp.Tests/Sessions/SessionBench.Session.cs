using Microsoft.Extensions.Logging.Abstractions;
using OrleansMcp.Cutoffs;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Tests.Sessions;

/// <summary>A session on the bench's parts, so that a test can look at them while it lives.</summary>
internal sealed partial class SessionBench
{
    private int _retired;

    /// <summary>Made when a test first asks for it.</summary>
    public Session Session => field ??= new Session(Parts, Services) { Retired = _ => Interlocked.Increment(ref _retired) };

    /// <summary>How often the session said that it is done.</summary>
    public int Retired => Volatile.Read(ref _retired);

    public CutoffTable Cutoffs { get; } = new();

    public ListChangeAudience Audience => field ??= new(Catalogue);

    public SessionServices Services => field ??= new(
        Catalogue, Configuration, Signals, Metrics, new LiveSessions(Configuration), Cutoffs, Audience, Time, NullLogger.Instance);

    /// <summary>What makes sessions, with parts of their own, of all that sessions of a process share here.</summary>
    public SessionFactory Factory => field ??= new(
        Catalogue, Tenants, this, this, SecretSources, new NoConnector(), Signals, new AttemptThrottle(Configuration, Time), Interference, Configuration, Memory, Cutoffs, Ids, Metrics,
        TenantMetrics, Time, Application, NullLogger<Session>.Instance);

    public SessionParts Parts => field ??= new()
    {
        Record = Record,
        Activity = Activity,
        Claim = new SessionClaim(Store, Tenants, new AttemptThrottle(Configuration, Time), Signals, Configuration, Time),
        End = new EndSequence(Record, Store, Calls, Servers, Vault, Tenants, Signals, Metrics, Time, NullLogger.Instance),
        Writer = Writer,
        Authorization = Authorization,
        Counters = Counters,
        Account = Account,
        Vault = Vault,
        Servers = Servers,
        Streams = Streams,
        Changes = Changes,
        Requests = Requests,
        Inputs = Inputs,
        Calls = Calls,
        Revocation = Revocation,
        Intake = new MessageIntake(Record, Account, Streams, Runner, Calls, Requests, Forwarding, Replies),
        Operators = new OperatorCommands(Record, Activity, Authorization, Writer, Revocation, Cache, Calls, Inputs, Signals),
    };

    public Task<SessionReply> OpenAsync(Caller? caller = null) =>
        Session.OpenAsync(caller ?? Alice, Parse(Rpc.Initialize("init", ProtocolVersions.November2025)), CancellationToken.None);

    public Task<SessionReply> PostAsync(McpMessage message, Caller? caller = null) =>
        Session.PostAsync(caller ?? Alice, message, new PostOptions(AcceptsStream: true), CancellationToken.None).AsTask();

    public Task<SessionReply> PingAsync(Caller? caller = null, object? id = null) => PostAsync(Request(PingMethod, id: id), caller);

    /// <summary>Posts a call that waits at the gate of that name.</summary>
    public async Task<Task<SessionReply>> PostWaitingAsync(string gate = "gate")
    {
        var reply = PostAsync(Request(Methods.ToolsCall, Rpc.CallParams("bench_wait", new { gate }), id: gate));
        await Gates[gate].Entered;
        return reply;
    }

    // A principal's client has no ping.
    private string PingMethod => Record.Key.IsPrincipal ? "tools/list" : "ping";
}
