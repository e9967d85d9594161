using System.Text.Json;
using ModelContextProtocol;
using OrleansMcp.Authorization;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Sessions.Changes;

public sealed class SubscriptionMethodsTests
{
    private readonly SessionBench _bench = new();
    private readonly SessionBench _principal = new(isPrincipal: true);

    [Fact]
    public async Task A_subscription_is_durable_when_it_is_answered()
    {
        var held = _bench.Store.Held = new Gate();
        var subscribing = SubscribeAsync("bench://one");
        await held.Entered;
        Assert.False(subscribing.IsCompleted);
        held.Open();
        Assert.Equal("""{"jsonrpc":"2.0","id":1,"result":{}}""", (await subscribing.InTime("it was answered")).Json().ToJsonString());
        Assert.Equal(["bench://one"], _bench.Store[_bench.Record.Key]!.Subscriptions);

        await SubscribeAsync("bench://one");
        Assert.Equal(["bench://one"], _bench.Record.Value.Subscriptions);
        await UnsubscribeAsync("bench://one");
        await UnsubscribeAsync("bench://one");
        Assert.Empty(_bench.Record.Value.Subscriptions);
        Assert.Equal(2, _bench.Store.Operations.Count);
    }

    [Fact]
    public async Task A_subscription_that_the_store_does_not_take_did_not_happen()
    {
        _bench.Store.FailsOnce = new IOException("The disk is full.");
        await Assert.ThrowsAsync<McpException>(() => SubscribeAsync("bench://one"));
        Assert.Empty(_bench.Record.Value.Subscriptions);
    }

    [Fact]
    public async Task A_resource_that_is_not_permitted_is_neither_subscribed_to_nor_listened_for()
    {
        _bench.Permit("resource:bench://one");
        await Assert.ThrowsAsync<PermissionDeniedException>(() => SubscribeAsync("bench://two"));
        await UnsubscribeAsync("bench://two"); // Takes nothing but what is the session's own.
        _principal.Permit("resource:bench://one");
        await Assert.ThrowsAsync<PermissionDeniedException>(() => ListenAsync(ListenCall(["bench://one", "bench://two"])));
        Assert.Equal((1, 1), (_bench.Raised(SignalName.PermissionDenied), _principal.Raised(SignalName.PermissionDenied)));
        Assert.Empty(_bench.Record.Value.Subscriptions);
    }

    [Fact]
    public async Task A_call_whose_permission_is_taken_away_before_it_is_its_turn_subscribes_to_nothing()
    {
        var turn = await _bench.Writer.EnterAsync(CancellationToken.None);
        var call = _bench.Call("resources/subscribe", new { uri = "bench://one" });
        var subscribing = _bench.Subscriptions.SubscribeAsync(call).AsTask();
        call.Revoke();
        turn.Dispose();
        var refused = await Xunit.Record.ExceptionAsync(() => subscribing.InTime("it was refused"));
        Assert.True(refused is McpException or OperationCanceledException, $"{refused}");
        Assert.Empty(_bench.Record.Value.Subscriptions);
    }

    [Fact]
    public async Task A_session_subscribes_to_a_bounded_number_of_bounded_uris()
    {
        _bench.Record.Replace(_bench.Record.Value with { Subscriptions = [.. Enumerable.Range(0, 256).Select(number => $"bench://items/{number}")] });
        await Assert.ThrowsAsync<McpProtocolException>(() => SubscribeAsync("bench://one"));
        await SubscribeAsync("bench://items/7");
        await Assert.ThrowsAsync<McpProtocolException>(() => SubscribeAsync("bench://" + new string('x', 2048)));
        await Assert.ThrowsAsync<McpProtocolException>(() => SubscribeAsync(""));
        await Assert.ThrowsAsync<McpProtocolException>(() => ListenAsync(ListenCall([.. Enumerable.Repeat("bench://one", 257)])));
    }

    [Fact]
    public async Task A_log_level_is_one_of_the_protocols_and_durable_when_it_is_answered()
    {
        await SetLevelAsync("warning");
        Assert.Equal("warning", _bench.Store[_bench.Record.Key]!.LogLevel);
        await SetLevelAsync("warning");
        Assert.Single(_bench.Store.Operations);
        await Assert.ThrowsAsync<JsonException>(() => SetLevelAsync("loud"));
        await Assert.ThrowsAsync<McpProtocolException>(() => SetLevelAsync(3));
        Assert.Equal("warning", _bench.Record.Value.LogLevel);
    }

    [Fact]
    public async Task A_stream_of_changes_ends_in_order_when_the_server_ends_it()
    {
        var call = ListenCall(["bench://one"]);
        var listening = ListenAsync(call);
        _principal.Changes.TellListChanged(CatalogueList.Tools);
        Assert.Equal(2, call.Sink.Stream!.Newest);
        Assert.False(listening.IsCompleted);
        call.Cancel(CancelReason.SessionEnded);
        var result = (await listening.InTime("the stream ended")).Json()["result"]!;
        Assert.Equal(1, (int)result["_meta"]!["io.modelcontextprotocol/subscriptionId"]!);
        _principal.Changes.TellListChanged(CatalogueList.Tools);
        Assert.Equal(2, call.Sink.Stream!.Newest);
    }

    [Fact]
    public async Task A_stream_of_changes_that_its_client_closes_is_owed_no_result()
    {
        var call = ListenCall([]);
        var listening = ListenAsync(call);
        call.Cancel(CancelReason.Client);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening.InTime("the stream ended"));
    }

    [Fact]
    public async Task Who_reads_no_streams_cannot_listen()
    {
        var message = _principal.Request("subscriptions/listen", new { notifications = new { } });
        await Assert.ThrowsAsync<McpProtocolException>(() => ListenAsync(_principal.Call(message, sink: _principal.Sink(acceptsStream: false))));
        await Assert.ThrowsAsync<JsonException>(() => ListenAsync(_principal.Call("subscriptions/listen")));
    }

    private Task<byte[]> SubscribeAsync(string uri) =>
        _bench.Subscriptions.SubscribeAsync(_bench.Call("resources/subscribe", new { uri })).AsTask();

    private Task<byte[]> UnsubscribeAsync(string uri) =>
        _bench.Subscriptions.UnsubscribeAsync(_bench.Call("resources/unsubscribe", new { uri })).AsTask();

    private Task<byte[]> SetLevelAsync(object level) => _bench.Subscriptions.SetLogLevelAsync(_bench.Call("logging/setLevel", new { level })).AsTask();

    private Task<byte[]> ListenAsync(RunningCall call) => _principal.Subscriptions.ListenAsync(call).AsTask();

    private RunningCall ListenCall(string[] uris) => _principal.Call(
        "subscriptions/listen", new { notifications = new { toolsListChanged = true, resourceSubscriptions = uris } });
}
