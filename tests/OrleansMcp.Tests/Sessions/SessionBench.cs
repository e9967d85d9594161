using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Configuration;
using OrleansMcp.Memory;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Sessions.Input;
using OrleansMcp.Sessions.State;
using OrleansMcp.Sessions.Streams;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Signals.Interference;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions;

/// <summary>What surrounds the parts of a session, and each part by itself: made when a test asks for it, and without a session.</summary>
internal sealed partial class SessionBench
{
    /// <summary>The owner of the bench's record.</summary>
    public static readonly Caller Alice = new("acme", "alice", "alice");

    /// <summary>Another client of the owner's tenant.</summary>
    public static readonly Caller Bob = new("acme", "bob", "bob");

    /// <summary>A client of another tenant.</summary>
    public static readonly Caller Carol = new("globex", "carol", "carol");

    /// <param name="configuration">Null for one that permits everything.</param>
    /// <param name="isPrincipal">Whether it is the actor of a principal, which is new and has stored nothing.</param>
    /// <param name="version">What the session negotiated.</param>
    /// <param name="isNew">Whether there is no record yet.</param>
    public SessionBench(
        ServerConfiguration? configuration = null, bool isPrincipal = false, string version = ProtocolVersions.November2025, bool isNew = false)
    {
        Configuration = new TestConfigurationSource(configuration ?? TestConfiguration.With());
        Tenants = new BenchTenants(Configuration, Time, Signals);
        var key = isPrincipal ? SessionOwner.PrincipalKey(Alice) : SessionKey.Of("acme", isPrincipal: false, 1);
        Record = new CurrentRecord(key, isNew ? null : new SessionRecord
        {
            Key = key.Value,
            Owner = SessionOwner.Of(Alice),
            OpenedAt = Time.GetUtcNow(),
            ExpiresAt = Time.GetUtcNow() + TimeSpan.FromHours(24),
            LastActiveAt = Time.GetUtcNow(),
            ProtocolVersion = isPrincipal ? null : version,
            ClientCapabilities = isPrincipal ? null : JsonSerializer.SerializeToElement(new { elicitation = new { } }),
            Permissions = isPrincipal ? [] : PermissionGrant.ToOpen(Configuration.Current, Alice, asked: null).Entries,
            Version = isPrincipal ? 0 : 1,
        });
        Activity = new LastActivity(Time, Time.GetUtcNow());
        Interference = new InterferenceDetector(Signals, Time);
        Tools = new BenchTools(Gates);
    }

    public FakeTimeProvider Time { get; } = new();

    public TestConfigurationSource Configuration { get; }

    public SignalList Signals { get; } = new();

    public BenchAttempts Attempts { get; } = new();

    public BenchStore Store { get; init; } = new();

    public BenchTenants Tenants { get; }

    public CurrentRecord Record { get; }

    public LastActivity Activity { get; }

    public InterferenceDetector Interference { get; }

    public Gates Gates { get; } = new();

    public BenchTools Tools { get; }

    public SessionMetrics Metrics { get; } = new();

    public TenantMetrics TenantMetrics => field ??= new(Metrics, Configuration, Memory);

    public SessionIdIssuer Ids { get; } = new([Enumerable.Repeat((byte)7, 32).ToArray()]);

    public StateQuota StateQuota => field ??= new(Record, Account);

    public StateWriter Writer => field ??= new(Record, Store, Activity, StateQuota, Failures, NullLogger.Instance);

    public SessionAccount Account => field ??= new(Record, Tenants, Signals, TenantMetrics, Configuration, Time);

    public SessionValues Values => field ??= new(Record, Writer, Configuration, Interference, Time);

    public SessionAuthorization Authorization => field ??= new(Record, Configuration, Signals);

    public SessionPolicy Policy => field ??= new(Record, Configuration, Catalogue);

    public PolicyCounters Counters => field ??= new(Record, Writer, Tenants, Time, NullLogger.Instance);

    public SessionVault Vault => field ??= new(Record, Configuration);

    /// <summary>As in a process of 1 GiB.</summary>
    public HeldMemory Memory => field ??= new(Configuration, available: 1L << 30);

    public SessionStreams Streams => field ??= new(Record, "life", Memory, Configuration);

    public SessionChanges Changes => field ??= new(Record, Authorization, Streams);

    public ClientRequests Requests => field ??= new(Streams, "life", Configuration, Time);

    public PendingInputs Inputs => field ??= new(Ids, Signals, Attempts, Configuration, Replies, Time);

    public RunningCalls Calls => field ??= new(Configuration, Inputs);

    public NegotiatedClient Client => field ??= new(Record);

    public ReplyWriter Replies => field ??= new(Catalogue);

    public Revocation Revocation => field ??= new(Record, Authorization, Policy, Servers, Calls, Inputs, Changes, Replies, Failures);

    /// <summary>Reads a message as it comes from a client.</summary>
    public static McpMessage Parse(string json)
    {
        Assert.True(McpMessageParser.TryParse(Encoding.UTF8.GetBytes(json), out var message, out var error), error.Message);
        return message;
    }

    /// <summary>A request as the revision of the bench's session writes it; a principal's client can be asked for anything.</summary>
    public McpMessage Request(string method, object? parameters = null, object? id = null)
    {
        var given = JsonSerializer.SerializeToNode(parameters ?? new { })!.AsObject();
        if (Record.Key.IsPrincipal)
        {
            given["_meta"] = new JsonObject
            {
                ["io.modelcontextprotocol/protocolVersion"] = ProtocolVersions.July2026,
                ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject { ["elicitation"] = new JsonObject() },
            };
        }

        return Parse(Rpc.Request(id ?? 1, method, given));
    }

    public PostSink Sink(bool acceptsStream = true, int requests = 1, bool isBatch = false) => new(Streams, acceptsStream, requests, isBatch);

    public RunningCall Call(McpMessage message, Caller? caller = null, PostSink? sink = null, DeliveryName delivery = default) =>
        new(caller ?? Alice, message, Client.Meta ?? RequestMeta.Read(message), sink ?? Sink()) { Delivery = delivery };

    public RunningCall Call(string method, object? parameters = null, object? id = null, Caller? caller = null) =>
        Call(Request(method, parameters, id), caller);

    /// <summary>A call of a tool as it is after <see cref="ToolLookup"/>.</summary>
    public RunningCall ToolCall(string tool = "bench_echo", object? arguments = null, object? id = null, Caller? caller = null)
    {
        var call = Call(Methods.ToolsCall, Rpc.CallParams(tool, arguments), id, caller);
        call.Tool = ToolRequest.Read(call.Message);
        call.Tool.Entry = Catalogue.Tools.Find(tool);
        call.Tool.IsKnown = call.Tool.Entry is not null;
        return call;
    }

    /// <summary>The signals of a name, as far as they were raised.</summary>
    public int Raised(string signal) => Signals.Raised.Count(one => one.Name == signal);

    /// <summary>Puts other permissions of the owner's registration in force.</summary>
    public void Permit(params string[] permissions) =>
        Configuration.Current = Configuration.Current.Permitting("acme", "alice", permissions);
}
