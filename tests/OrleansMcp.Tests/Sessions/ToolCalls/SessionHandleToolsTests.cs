using ModelContextProtocol;
using OrleansMcp.Authorization;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Yielding;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.ToolCalls;

public sealed class SessionHandleToolsTests
{
    private readonly SessionBench _bench = new(
        TestConfiguration.With(new SessionConfiguration { IdleTimeout = TimeSpan.FromMinutes(7) }).Permitting("acme", "alice", "tool:*"), isPrincipal: true);

    private readonly OtherSession _other = new();
    private readonly RecordingStage _next;

    public SessionHandleToolsTests() => (_bench.Other, _next) = (_other, new RecordingStage(_bench.Replies));

    [Fact]
    public async Task Calls_of_all_other_tools_go_on()
    {
        await RunAsync(_bench.ToolCall());
        var session = new SessionBench();
        await new RecordingStage(session.Replies).RunAsync(Stage, session.ToolCall("session_open"));
        Assert.Equal((1, 0), (_next.Reached, _other.Opened.Count));
    }

    [Fact]
    public async Task A_session_is_opened_for_the_caller_with_what_it_may_have_of_what_it_asked_for()
    {
        var opened = await RunAsync(_bench.ToolCall("session_open"));
        var content = opened.Result!.StructuredContent!.Value;
        Assert.Equal(7 * 60, content.GetProperty("idleTimeoutSeconds").GetInt64());
        Assert.Equal(_bench.Time.GetUtcNow() + TimeSpan.FromHours(24), content.GetProperty("expiresAt").GetDateTimeOffset());
        Assert.Equal(TokenVerdict.Valid, _bench.Ids.Judge(content.GetProperty("session").GetString(), SessionBench.Alice, out _));
        Assert.Equal("tool:*", (string?)opened.Result.Meta![PermissionMeta.Key]![0]);
        var (caller, permissions) = Assert.Single(_other.Opened);
        Assert.Equal(SessionBench.Alice, caller);
        Assert.Equal(["tool:*"], permissions);

        await RunAsync(Asking(["tool:bench_echo", "prompt:*"]));
        Assert.Equal(["tool:bench_echo"], _other.Opened[^1].Permissions);
        await Assert.ThrowsAsync<McpProtocolException>(() => RunAsync(Asking(["nonsense"])));
        Assert.Equal((2, 0), (_other.Opened.Count, _next.Reached));
    }

    [Fact]
    public async Task A_session_that_is_not_opened_is_told_why()
    {
        _other.Refusal = SessionRefusal.OverQuota(new QuotaRefusal(Quota.Sessions, QuotaScope.Client, 30));
        var refused = await RunAsync(_bench.ToolCall("session_open"));
        Assert.Equal("quota_exceeded", refused.Code);
        Assert.Equal("sessions", refused.Result!.StructuredContent!.Value.GetProperty("quota").GetString());
        Assert.Equal(30, refused.Result!.StructuredContent!.Value.GetProperty("retryAfterSeconds").GetInt32());
    }

    [Fact]
    public async Task A_session_is_closed_by_its_handle_and_answered_with_its_receipt()
    {
        var (handle, _) = _bench.Ids.Issue(SessionBench.Alice);
        _other.Receipt = new SessionReceipt(SessionEndReason.Closed, _bench.Time.GetUtcNow(), _bench.Time.GetUtcNow(), 2, 1);
        var closed = (await RunAsync(Close(handle))).Result!.StructuredContent!.Value;
        Assert.Equal(("closed", 2), (closed.GetProperty("reason").GetString(), closed.GetProperty("callsCancelled").GetInt32()));
        _other.Receipt = null;
        Assert.Equal("session_not_found", (await RunAsync(Close(handle))).Code);
        Assert.Empty(_bench.Signals.Raised);
    }

    [Fact]
    public async Task A_handle_that_is_not_the_callers_closes_nothing_and_raises_its_signal()
    {
        _other.Receipt = new SessionReceipt(SessionEndReason.Closed, _bench.Time.GetUtcNow(), _bench.Time.GetUtcNow(), 0, 0);
        Assert.Equal("session_not_found", (await RunAsync(Close(_bench.Ids.Issue(SessionBench.Bob).Id))).Code);
        Assert.Equal("session_not_found", (await RunAsync(Close(_bench.Ids.Issue(SessionBench.Carol).Id))).Code);
        Assert.Equal("session_not_found", (await RunAsync(Close("a handle"))).Code);
        Assert.Equal(
            [SignalName.CrossSessionAttempt, SignalName.CrossTenantAttempt, SignalName.ForgedSessionId], _bench.Signals.Raised.Select(signal => signal.Name));
        Assert.Equal(0, _other.Ended);
        Assert.Equal("error", (await RunAsync(_bench.ToolCall("session_close"))).Code);
    }

    private SessionHandleTools Stage => new(_bench, _bench.Ids, _bench.Signals, _bench.Attempts, _bench.Trail, _bench.Configuration, _bench.Replies, _bench.Time);

    private Task<ToolCallOutcome> RunAsync(RunningCall call) => _next.RunAsync(Stage, call).AsTask();

    private RunningCall Close(string handle) => _bench.ToolCall("session_close", new { session = handle });

    private RunningCall Asking(string[] permissions)
    {
        var call = _bench.Call(SessionBench.Parse(Rpc.Request(1, "tools/call", new Dictionary<string, object>
        {
            ["name"] = "session_open",
            ["_meta"] = new Dictionary<string, object>
            {
                ["io.modelcontextprotocol/protocolVersion"] = ProtocolVersions.July2026,
                ["io.modelcontextprotocol/clientCapabilities"] = new { },
                [PermissionMeta.Key] = permissions,
            },
        })));
        call.Tool = ToolRequest.Read(call.Message);
        return call;
    }

    /// <summary>The session that handles lead to.</summary>
    private sealed class OtherSession : ISession
    {
        public List<(Caller Caller, IReadOnlyList<string>? Permissions)> Opened { get; } = [];

        public int Ended { get; private set; }

        public SessionRefusal? Refusal { get; set; }

        public SessionReceipt? Receipt { get; set; }

        public Task<SessionRefusal?> OpenHandleAsync(Caller caller, HandleOpening opening, CancellationToken cancellationToken)
        {
            Opened.Add((caller, opening.Permissions));
            return Task.FromResult(Refusal);
        }

        public Task<SessionReceipt?> EndAsync(Caller caller, CancellationToken cancellationToken)
        {
            Ended++;
            return Task.FromResult(Receipt);
        }

        public Task<SessionReply> OpenAsync(Caller caller, McpMessage initialize, CancellationToken cancellationToken) => throw Unexpected();

        public ValueTask<SessionReply> PostAsync(Caller caller, McpMessage message, PostOptions options, CancellationToken cancellationToken) =>
            throw Unexpected();

        public ValueTask<SessionReply> PostBatchAsync(
            Caller caller, IReadOnlyList<McpMessage> messages, PostOptions options, CancellationToken cancellationToken) => throw Unexpected();

        public IAsyncEnumerable<SessionEvent> ListenAsync(Caller caller, StreamRequest stream, CancellationToken cancellationToken) => throw Unexpected();

        public ValueTask<SealingKeyReply> GetSealingKeyAsync(Caller caller, CancellationToken cancellationToken) => throw Unexpected();

        public ValueTask<SecretReply> PutSecretAsync(Caller caller, string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken) =>
            throw Unexpected();

        public ValueTask<SecretReply> DeleteSecretAsync(Caller caller, string name, CancellationToken cancellationToken) => throw Unexpected();

        public Task<OperatorReply> OperateAsync(OperatorRequest request, CancellationToken cancellationToken) => throw Unexpected();

        public Task<YieldReply> YieldAsync(YieldRequest request, CancellationToken cancellationToken) => throw Unexpected();

        private static InvalidOperationException Unexpected() => new("A tool opens and closes, and nothing else.");
    }
}
