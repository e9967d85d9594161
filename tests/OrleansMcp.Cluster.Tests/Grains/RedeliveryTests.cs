using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Hosting;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Yielding;
using OrleansMcp.Tests.Engine;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Cluster.Tests.Grains;

/// <summary>What a front end sends again when an answer is lost, and what it only asks after.</summary>
public sealed class RedeliveryTests
{
    private static readonly SessionIdIssuer s_ids = new([new byte[32]]);
    private static readonly Caller s_alice = new("acme", "alice", "alice");
    private static readonly SessionReply s_reply = new(ReplyKind.Message, "{}"u8.ToArray());

    private readonly ScriptedGrain _grain = new();

    [Theory]
    [InlineData("test_gate", false)] // says nothing about itself
    [InlineData("engine_increment", true)] // Redeliverable
    [InlineData("no.such.tool", false)]
    public async Task A_call_whose_answer_is_lost_runs_again_only_if_its_tool_allows_it(string tool, bool mayRunAgain)
    {
        _grain.Script = [() => throw new TimeoutException(), () => PostResult.Pending, () => new PostResult(PostState.Answered, s_reply)];
        var reply = await PostAsync(tool);
        Assert.Equal(ReplyKind.Message, reply.Kind);
        Assert.Equal([false, !mayRunAgain, true], _grain.Calls.Select(call => call.IsQuestion));
        Assert.Single(_grain.Calls.Select(call => call.Options.Delivery).Distinct());
    }

    [Fact]
    public async Task A_call_that_nobody_knows_of_any_more_is_told_to_have_an_unknown_outcome()
    {
        _grain.Script = [() => throw new TimeoutException(), .. Enumerable.Repeat(() => PostResult.Unknown, 1000)];
        var text = Encoding.UTF8.GetString((await PostAsync("test_gate")).Body.Span);
        Assert.Contains("outcome_unknown", text, StringComparison.Ordinal);
        Assert.Contains("\"retryable\":false", text, StringComparison.Ordinal);
        Assert.All(_grain.Calls.Skip(1), call => Assert.True(call.IsQuestion));
    }

    [Theory]
    [InlineData("engine_increment", false, "outcome_unknown")] // Redeliverable: the silos repeat it under one name, its client under another
    [InlineData("engine_increment", true, "session_unavailable")]
    [InlineData("engine_counter", false, "session_unavailable")] // read-only
    [InlineData("test_gate", true, "outcome_unknown")]
    public async Task A_client_is_asked_to_send_a_call_again_only_if_that_does_nothing_twice(string tool, bool isNamed, string code)
    {
        using var stopping = new CancellationTokenSource();
        await stopping.CancelAsync();
        _grain.Script = [() => throw new TimeoutException(), () => PostResult.Pending];
        Assert.Contains(code, Encoding.UTF8.GetString((await PostAsync(tool, isNamed, stopping.Token)).Body.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_is_pending_is_asked_after_by_name_and_its_message_is_not_sent_again()
    {
        _grain.Script = [.. Enumerable.Repeat(() => PostResult.Pending, 3), () => new PostResult(PostState.Answered, s_reply)];
        await PostAsync("engine_increment");
        Assert.NotNull(_grain.Calls[0].Message);
        Assert.All(_grain.Calls.Skip(1), call => Assert.Null(call.Message));
        Assert.Single(_grain.Calls.Select(call => call.Options.Delivery).Distinct());
    }

    [Fact]
    public async Task A_pending_call_whose_activation_is_gone_is_delivered_again_if_its_tool_allows_it()
    {
        _grain.Script = [() => PostResult.Pending, () => PostResult.Unknown, () => new PostResult(PostState.Answered, s_reply)];
        Assert.Equal(s_reply.Body.ToArray(), (await PostAsync("engine_increment")).Body.ToArray());
        Assert.Equal([false, true, false], _grain.Calls.Select(call => call.IsQuestion));
    }

    [Fact]
    public async Task A_pending_call_whose_activation_is_gone_is_not_run_again_if_its_tool_does_not_allow_it()
    {
        _grain.Script = [() => PostResult.Pending, () => PostResult.Unknown];
        Assert.Contains("outcome_unknown", Encoding.UTF8.GetString((await PostAsync("test_gate")).Body.Span), StringComparison.Ordinal);
        Assert.Equal(2, _grain.Calls.Count);
    }

    [Fact]
    public async Task A_call_that_was_overtaken_by_the_question_after_it_is_found_when_it_arrives()
    {
        _grain.Script = [() => throw new TimeoutException(), () => PostResult.Unknown, () => new PostResult(PostState.Answered, s_reply)];
        Assert.Equal(s_reply.Body.ToArray(), (await PostAsync("test_gate")).Body.ToArray());
    }

    [Fact]
    public async Task A_call_that_was_not_begun_where_it_came_runs_elsewhere()
    {
        _grain.Script = [() => PostResult.NotStarted, () => new PostResult(PostState.Answered, s_reply)];
        await PostAsync("test_gate");
        Assert.All(_grain.Calls, call => Assert.False(call.IsQuestion));
    }

    [Fact]
    public async Task A_call_that_was_lost_and_then_not_begun_is_not_run_after_all()
    {
        // Whoever has not begun it knows nothing of the one that did not answer.
        _grain.Script = [() => throw new TimeoutException(), () => PostResult.NotStarted];
        Assert.Contains("outcome_unknown", Encoding.UTF8.GetString((await PostAsync("test_gate")).Body.Span), StringComparison.Ordinal);
        Assert.Equal(2, _grain.Calls.Count);
    }

    [Fact]
    public async Task A_call_that_a_lost_part_of_the_grain_directory_cancelled_is_made_again()
    {
        _grain.Script = [() => throw new OperationCanceledException(), () => new PostResult(PostState.Answered, s_reply)];
        Assert.Equal(s_reply.Body.ToArray(), (await PostAsync("engine_increment")).Body.ToArray());
    }

    [Fact]
    public void What_the_caller_itself_cancelled_is_no_failure_of_the_way()
    {
        var cancelled = new OperationCanceledException();
        Assert.True(RetryBudget.IsTransient(cancelled));
        Assert.True(RetryBudget.IsTransient(new TaskCanceledException(), CancellationToken.None));
        Assert.False(RetryBudget.IsTransient(cancelled, new CancellationToken(canceled: true)));
        Assert.False(RetryBudget.IsTransient(new InvalidOperationException()));
    }

    [Fact]
    public void The_last_pause_before_the_patience_is_over_is_one_that_a_timer_keeps()
    {
        var persistence = new RetryBudget(TimeSpan.FromTicks(1));
        Assert.Equal(TimeSpan.FromMilliseconds(1), persistence.NextPause());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)] // of a post
    public async Task A_stream_of_which_nothing_has_come_begins_anew_with_the_next_activation(long stream)
    {
        // The first waited and left; what the next one says is the answer, to a stranger as well.
        _grain.Reads = new([new ReadResult([]), ReadResult.Unknown, new ReadResult([new SessionEvent(SessionEventKind.NotFound)], IsEnd: true)]);
        var session = new ClusterSession(SessionKey.OfSession("acme", [1]), _grain, NewCatalogue(), new Outbox(), s_ids, CancellationToken.None);
        List<SessionEventKind> kinds = [];
        await foreach (var item in session.ListenAsync(s_alice, new StreamRequest(stream), CancellationToken.None))
        {
            kinds.Add(item.Kind);
        }

        Assert.Equal([SessionEventKind.NotFound], kinds);
    }

    private async Task<SessionReply> PostAsync(string tool, bool isNamed = false, CancellationToken givingUp = default)
    {
        var call = Rpc.Request(1, "tools/call", isNamed ? new { name = tool, _meta = new Dictionary<string, object> { [DeliveryMeta.Key] = Guid.NewGuid() } } : new { name = tool });
        Assert.True(McpMessageParser.TryParse(Encoding.UTF8.GetBytes(call), out var message, out _));
        var session = new ClusterSession(SessionKey.OfSession("acme", [1]), _grain, NewCatalogue(), new Outbox(), s_ids, givingUp);
        return await session.PostAsync(s_alice, message, new PostOptions(AcceptsStream: false), default).AsTask().InTime("the call was answered");
    }

    private static Catalogue NewCatalogue() => new ServiceCollection()
        .AddLogging().AddMetrics().AddSingleton(new Gates()).AddSessionActors()
        .AddMcpServer().WithEngineTools().Services.BuildServiceProvider().GetRequiredService<Catalogue>();

    /// <summary>Answers posts as the test says, and nothing else.</summary>
    private sealed class ScriptedGrain : ISessionGrain
    {
        public Func<PostResult>[] Script { get; set; } = [];

        public List<PostCall> Calls { get; } = [];

        public Task<PostResult> PostAsync(PostCall call)
        {
            Calls.Add(call);
            Assert.True(Calls.Count <= Script.Length, "It was sent once more than expected.");
            try
            {
                return Task.FromResult(Script[Calls.Count - 1]());
            }
            catch (TimeoutException e)
            {
                return Task.FromException<PostResult>(e);
            }
            catch (OperationCanceledException)
            {
                return Task.FromCanceled<PostResult>(new CancellationToken(canceled: true));
            }
        }

        public Task<OpenResult> OpenAsync(OpenCall call) => throw new NotSupportedException();

        public Task AbortAsync(Caller caller, Guid delivery) => throw new NotSupportedException();

        public Queue<ReadResult> Reads { get; set; } = new();

        public Task<ReadResult> ReadAsync(ReadCall call) => Task.FromResult(Reads.Dequeue());

        public Task TouchAsync(Guid reader) => throw new NotSupportedException();

        public Task LeaveAsync(Guid reader) => throw new NotSupportedException();

        public Task<EndResult> EndAsync(EndCall call) => throw new NotSupportedException();

        public Task<KeyResult> GetSealingKeyAsync(Caller caller) => throw new NotSupportedException();

        public Task<SecretResult> SetSecretAsync(SecretCall call) => throw new NotSupportedException();

        public Task<OperateResult> OperateAsync(OperateCall call) => throw new NotSupportedException();

        public Task<YieldResult> YieldAsync(YieldRequest request) => throw new NotSupportedException();

        public Task<DateTimeOffset?> CheckExpiryAsync() => throw new NotSupportedException();
    }
}
