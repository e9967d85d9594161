using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Changes;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.Handlers;

public sealed class ClientNotifierTests
{
    private const string Progress = NotificationMethods.ProgressNotification;
    private readonly SessionBench _bench = new(version: ProtocolVersions.June2025);
    private readonly SessionBench _principal = new(isPrincipal: true);

    [Fact]
    public async Task A_notification_goes_out_on_the_stream_of_its_call_before_the_answer()
    {
        var (first, second) = (_bench.ToolCall(), _bench.ToolCall(id: 2));
        await SendAsync(_bench, first, Progress, new JsonObject { ["progress"] = 1 });
        Assert.Null(second.Sink.Stream);
        first.Sink.Finish(Answer.Of("7"u8.ToArray()));
        var read = await _bench.Streams.ReadToEndAsync(first.Sink.Stream!.Id).InTime("the stream ended");
        Assert.Equal((Progress, 1), ((string?)read[0]["method"], (int?)read[0]["params"]!["progress"]));
        Assert.Equal(7, (int)read[1]);
    }

    [Fact]
    public async Task One_of_a_call_that_streams_nothing_goes_out_on_the_sessions_own_stream()
    {
        await SendAsync(_bench, Mute(_bench), Progress);
        Assert.Equal(Progress, (string?)(await _bench.Streams.NextMessageAsync(0))["method"]);
    }

    [Fact]
    public async Task A_principal_has_no_stream_but_its_calls()
    {
        await SendAsync(_principal, Mute(_principal), Progress);
        Assert.False(_principal.Streams.Any);
    }

    [Fact]
    public async Task What_comes_after_the_answer_goes_nowhere()
    {
        var call = _bench.ToolCall();
        call.Sink.Finish(Answer.Of("7"u8.ToArray()));
        await SendAsync(_bench, call, Progress);
        Assert.False(_bench.Streams.Any);
    }

    [Theory]
    [InlineData(null, "debug", true)]
    [InlineData("warning", "info", false)]
    [InlineData("warning", "warning", true)]
    [InlineData("warning", "emergency", true)]
    public async Task A_session_hears_logs_from_its_level_on_and_all_until_it_sets_one(string? set, string level, bool isHeard)
    {
        _bench.Record.Replace(_bench.Record.Value with { LogLevel = set });
        var call = _bench.ToolCall();
        await LogAsync(_bench, call, level);
        Assert.Equal(isHeard, call.Sink.Stream is not null);
    }

    [Theory]
    [InlineData(null, "emergency", false)]
    [InlineData(LoggingLevel.Warning, "info", false)]
    [InlineData(LoggingLevel.Warning, "error", true)]
    public async Task A_request_of_2026_07_28_hears_the_logs_that_it_asked_for_and_no_others(LoggingLevel? asked, string level, bool isHeard)
    {
        var message = _principal.Request(Methods.ToolsCall, Rpc.CallParams("bench_echo"));
        var meta = RequestMeta.Read(message) with { LogLevel = asked };
        var call = new RunningCall(SessionBench.Alice, message, meta, _principal.Sink());
        await LogAsync(_principal, call, level);
        Assert.Equal(isHeard, call.Sink.Stream is not null);
    }

    [Fact]
    public async Task A_log_message_without_a_level_is_not_sent_where_one_is_set()
    {
        _bench.Record.Replace(_bench.Record.Value with { LogLevel = "debug" });
        var call = _bench.ToolCall();
        await SendAsync(_bench, call, NotificationMethods.LoggingMessageNotification);
        Assert.Null(call.Sink.Stream);
    }

    [Fact]
    public async Task A_change_of_a_resource_goes_to_those_who_listen_for_it_and_not_to_the_call_that_made_it()
    {
        var listening = _principal.Call(Methods.ToolsCall);
        var listener = new ChangeListener(listening, new SubscriptionsListenNotifications { ResourceSubscriptions = ["bench://one"] });
        _principal.Changes.Add(listener);
        await listener.AcknowledgeAsync();
        var call = _principal.ToolCall();
        await SendAsync(_principal, call, NotificationMethods.ResourceUpdatedNotification, new JsonObject { ["uri"] = "bench://one" });
        await SendAsync(_principal, call, NotificationMethods.ResourceUpdatedNotification, new JsonObject { ["uri"] = "bench://items/2" });
        Assert.Null(call.Sink.Stream);
        listening.Sink.Finish(Answer.None);
        Assert.Equal(
            [NotificationMethods.SubscriptionsAcknowledgedNotification, NotificationMethods.ResourceUpdatedNotification],
            (await _principal.Streams.ReadToEndAsync(listening.Sink.Stream!.Id)).Select(message => (string)message["method"]!));
    }

    [Fact]
    public async Task What_is_sent_is_charged_to_the_session()
    {
        var bench = new SessionBench(TestConfiguration.With(quotas: QuotaConfiguration.None with { OutputBytesPerMinute = 1_000_000 }));
        await SendAsync(bench, bench.ToolCall(), Progress, new JsonObject { ["message"] = new string('x', 10_000) });
        await bench.Account.SettleAsync();
        var left = (await bench.Account.ReadAsync(CancellationToken.None)).Single(one => one.Name == "outputBytesPerMinute");
        Assert.InRange(left.Left, 900_000, 990_000);
    }

    private static RunningCall Mute(SessionBench bench) =>
        bench.Call(bench.Request(Methods.ToolsCall, Rpc.CallParams("bench_echo")), sink: bench.Sink(acceptsStream: false));

    private static Task LogAsync(SessionBench bench, RunningCall call, string level) =>
        SendAsync(bench, call, NotificationMethods.LoggingMessageNotification, new JsonObject { ["level"] = level, ["data"] = "x" });

    private static Task SendAsync(SessionBench bench, RunningCall call, string method, JsonObject? parameters = null) =>
        bench.Environment.Notifier.SendAsync(call, new JsonRpcNotification { Method = method, Params = parameters }, CancellationToken.None).AsTask();
}
