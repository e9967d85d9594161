using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.Calls;

public sealed class MessageIntakeTests
{
    private static readonly PostOptions s_streams = new(AcceptsStream: true);
    private readonly SessionBench _bench = new(version: ProtocolVersions.March2025);

    [Fact]
    public async Task A_header_that_names_another_revision_is_an_error()
    {
        var refused = await PostAsync(_bench, Rpc.Request(1, "ping"), s_streams with { ProtocolVersion = ProtocolVersions.November2025 });
        Assert.Equal((400, RpcError.InvalidRequest), (refused.Status, refused.ErrorCode()));
        Assert.Equal(400, (await BatchAsync(_bench, s_streams with { ProtocolVersion = ProtocolVersions.November2025 }, Rpc.Request(1, "ping"))).Status);
        Assert.Equal(200, (await PostAsync(_bench, Rpc.Request(1, "ping"), s_streams with { ProtocolVersion = ProtocolVersions.March2025 })).Status);
    }

    [Fact]
    public async Task A_response_answers_a_request_of_the_server_or_is_refused()
    {
        Assert.Equal(400, (await PostAsync(_bench, Rpc.Result("life-1", new { }))).Status);
        var asked = _bench.Requests.AskAsync(_bench.ToolCall(), WaitingCall.Question, CancellationToken.None);
        Assert.Equal(ReplyKind.Accepted, (await PostAsync(_bench, Rpc.Result("life-1", new { action = "accept" }))).Kind);
        Assert.Equal("accept", (string?)(await asked.InTime("the answer came")).Result!["action"]);
    }

    [Fact]
    public async Task A_cancellation_by_its_client_stops_the_call_it_names_and_owes_no_message()
    {
        var (first, second) = (WaitAsync(_bench, "first"), WaitAsync(_bench, "second"));
        await Task.WhenAll(_bench.Gates["first"].Entered, _bench.Gates["second"].Entered);
        Assert.Equal(ReplyKind.Accepted, (await CancelAsync(_bench, "first")).Kind);
        var reply = await first.InTime("the call ended");
        Assert.Empty(await _bench.Streams.ReadToEndAsync(reply.StreamId));
        Assert.False(second.IsCompleted);
        _bench.Gates["second"].Open();
        Assert.Equal(ReplyKind.Message, (await second.InTime("the other call was answered")).Kind);
    }

    [Fact]
    public async Task A_notification_cancels_no_call_of_2026_07_28()
    {
        var bench = new SessionBench(isPrincipal: true);
        var call = bench.ToolCall(id: 5);
        Assert.Null(bench.Calls.Add(call));
        await PostAsync(bench, Rpc.Notification("notifications/cancelled", new { requestId = 5 }));
        Assert.Equal(CancelReason.None, call.Cancelled);
    }

    [Fact]
    public async Task A_notification_that_means_nothing_is_taken()
    {
        Assert.Equal(ReplyKind.Accepted, (await PostAsync(_bench, Rpc.Notification("notifications/invented"))).Kind);
        Assert.Equal(ReplyKind.Accepted, (await PostAsync(_bench, Rpc.Notification("notifications/cancelled", new { requestId = "unknown" }))).Kind);
    }

    [Fact]
    public async Task A_batch_is_answered_with_one_array()
    {
        var reply = await BatchAsync(_bench, s_streams, Rpc.Request(1, "ping"), Rpc.Notification("notifications/initialized"), Rpc.Request(2, "nothing"));
        Assert.Equal([1, 2], reply.Json().AsArray().Select(message => (int)message!["id"]!));
    }

    [Fact]
    public async Task A_batch_without_requests_is_taken()
    {
        var asked = _bench.Requests.AskAsync(_bench.ToolCall(), WaitingCall.Question, CancellationToken.None);
        var reply = await BatchAsync(_bench, s_streams, Rpc.Notification("notifications/initialized"), Rpc.Result("life-1", new { }));
        Assert.Equal(ReplyKind.Accepted, reply.Kind);
        await asked.InTime("the answer came");
    }

    [Fact]
    public async Task A_batch_begins_no_session_and_exists_in_one_revision()
    {
        Assert.Equal(400, (await BatchAsync(_bench, s_streams, Rpc.Initialize(1, ProtocolVersions.March2025))).Status);
        Assert.Equal(400, (await BatchAsync(new SessionBench(), s_streams, Rpc.Request(1, "ping"))).Status);
        Assert.Equal(400, (await BatchAsync(new SessionBench(isPrincipal: true), s_streams with { ProtocolVersion = ProtocolVersions.July2026 }, Rpc.Request(1, "ping"))).Status);
    }

    [Fact]
    public async Task The_name_of_a_delivery_is_that_of_one_message_and_of_no_batch()
    {
        var named = s_streams with { Delivery = new DeliveryName(Guid.NewGuid()) };
        var alone = PostAsync(_bench, Waiting("alone"), named);
        var batched = BatchAsync(_bench, named, Waiting("batched"));
        await Task.WhenAll(_bench.Gates["alone"].Entered, _bench.Gates["batched"].Entered);
        Assert.Equal(named.Delivery, Running("alone").Delivery);
        Assert.Equal(default, Running("batched").Delivery);
        _bench.Gates["alone"].Open();
        _bench.Gates["batched"].Open();
        await Task.WhenAll(alone, batched).InTime("both were answered");
    }

    private RunningCall Running(string id) => Assert.Single(_bench.Calls.All, call => call.Id.ValueEquals(id));

    private static string Waiting(string gate) => Rpc.Call(gate, "bench_wait", new { gate });

    private static Task<SessionReply> WaitAsync(SessionBench bench, string gate) => PostAsync(bench, Waiting(gate));

    private static Task<SessionReply> CancelAsync(SessionBench bench, string id) =>
        PostAsync(bench, Rpc.Notification("notifications/cancelled", new { requestId = id }));

    private static Task<SessionReply> PostAsync(SessionBench bench, string message, PostOptions? options = null) =>
        IntakeOf(bench).PostAsync(SessionBench.Alice, SessionBench.Parse(message), options ?? s_streams, CancellationToken.None).AsTask();

    private static Task<SessionReply> BatchAsync(SessionBench bench, PostOptions options, params string[] messages) => IntakeOf(bench)
        .PostBatchAsync(SessionBench.Alice, [.. messages.Select(SessionBench.Parse)], options, CancellationToken.None).AsTask();

    private static MessageIntake IntakeOf(SessionBench bench) => bench.Parts.Intake;
}
