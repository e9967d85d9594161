using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.Calls;

public sealed class PostSinkTests
{
    private static readonly byte[] s_first = "1"u8.ToArray();
    private static readonly byte[] s_second = "2"u8.ToArray();
    private readonly SessionBench _bench = new(version: ProtocolVersions.March2025);

    [Fact]
    public async Task An_answer_that_nothing_precedes_is_one_message()
    {
        var sink = _bench.Sink();
        sink.Finish(new Answer(s_first, 404, AnswerOutcome.Refused));
        var reply = await sink.ReplyAsync();
        Assert.Equal((ReplyKind.Message, 404, "1"), (reply.Kind, reply.Status, reply.Json().ToJsonString()));
        Assert.False(_bench.Streams.Any);
    }

    [Fact]
    public async Task An_answer_that_comes_later_completes_the_reply()
    {
        var sink = _bench.Sink();
        var reply = sink.ReplyAsync();
        Assert.False(reply.IsCompleted);
        sink.Finish(Answer.Of(s_first));
        Assert.Equal(ReplyKind.Message, (await reply.AsTask().InTime("the reply came")).Kind);
    }

    [Fact]
    public async Task A_message_before_the_answer_makes_a_stream_that_ends_with_the_answer()
    {
        var sink = _bench.Sink();
        var reply = sink.ReplyAsync();
        Assert.True(await sink.TrySendAsync(s_first, CancellationToken.None));
        var streaming = await reply.AsTask().InTime("the reply streams");
        Assert.Equal(ReplyKind.Stream, streaming.Kind);
        sink.Finish(Answer.Of(s_second));
        Assert.Equal([1, 2], (await _bench.Streams.ReadToEndAsync(streaming.StreamId)).Select(message => (int)message));
    }

    [Fact]
    public async Task A_client_that_reads_no_streams_gets_its_answer_alone()
    {
        var sink = _bench.Sink(acceptsStream: false);
        Assert.False(await sink.TrySendAsync(s_first, CancellationToken.None));
        sink.Promote();
        sink.Finish(Answer.Of(s_second));
        Assert.Equal(2, (int)(await sink.ReplyAsync()).Json());
        Assert.False(_bench.Streams.Any);
    }

    [Fact]
    public async Task A_slow_answer_becomes_a_stream_and_a_given_one_does_not()
    {
        var (slow, quick) = (_bench.Sink(), _bench.Sink());
        slow.Promote();
        Assert.Equal(ReplyKind.Stream, (await slow.ReplyAsync()).Kind);
        quick.Finish(Answer.Of(s_first));
        quick.Promote();
        Assert.Null(quick.Stream);
        Assert.Equal(ReplyKind.Message, (await quick.ReplyAsync()).Kind);
    }

    [Fact]
    public async Task A_cancelled_request_is_answered_with_a_stream_that_ends()
    {
        var sink = _bench.Sink();
        sink.Finish(Answer.None);
        var reply = await sink.ReplyAsync();
        Assert.Equal(ReplyKind.Stream, reply.Kind);
        Assert.Empty(await _bench.Streams.ReadToEndAsync(reply.StreamId).InTime("the stream ended"));
    }

    [Fact]
    public async Task A_request_that_its_session_left_may_be_delivered_again()
    {
        var sink = _bench.Sink();
        sink.Finish(Answer.Moved(_bench.Call("ping")));
        Assert.Equal(ReplyKind.Moved, (await sink.ReplyAsync()).Kind);
    }

    [Fact]
    public async Task A_handler_that_goes_on_after_the_answer_opens_no_stream_for_nobody()
    {
        var sink = _bench.Sink();
        sink.Finish(Answer.Of(s_first));
        Assert.True(await sink.TrySendAsync(s_second, CancellationToken.None));
        Assert.Null(sink.Stream);
        Assert.False(_bench.Streams.Any);
    }

    [Fact]
    public async Task A_stream_that_has_ended_takes_nothing_more()
    {
        var sink = _bench.Sink();
        await sink.TrySendAsync(s_first, CancellationToken.None);
        sink.Finish(Answer.None);
        Assert.True(await sink.TrySendAsync(s_second, CancellationToken.None));
        Assert.Equal(1, (int)Assert.Single(await _bench.Streams.ReadToEndAsync(sink.Stream!.Id)));
    }

    [Fact]
    public async Task A_batch_is_answered_when_each_of_its_requests_is()
    {
        var sink = _bench.Sink(requests: 3, isBatch: true);
        var reply = sink.ReplyAsync();
        sink.Finish(Answer.Of(s_second));
        sink.Finish(Answer.None); // Cancelled: it is owed no message.
        Assert.False(reply.IsCompleted);
        sink.Finish(Answer.Of(s_first));
        Assert.Equal("[2,1]", (await reply.AsTask().InTime("the batch was answered")).Json().ToJsonString());
    }

    [Fact]
    public async Task What_of_a_batch_is_answered_before_the_stream_begins_is_in_the_stream()
    {
        var sink = _bench.Sink(requests: 2, isBatch: true);
        var reply = sink.ReplyAsync();
        sink.Finish(Answer.Of(s_first));
        await sink.TrySendAsync("0"u8.ToArray(), CancellationToken.None);
        sink.Finish(Answer.Of(s_second));
        var stream = (await reply.AsTask().InTime("the reply streams")).StreamId;
        Assert.Equal([1, 0, 2], (await _bench.Streams.ReadToEndAsync(stream)).Select(message => (int)message));
    }

    [Fact]
    public async Task A_reader_that_leaves_before_the_end_is_noticed_where_it_cannot_come_back()
    {
        var bench = new SessionBench(isPrincipal: true);
        var (sink, left) = (bench.Sink(), 0);
        sink.Abandoned = () => left++;
        await sink.TrySendAsync(s_first, CancellationToken.None);
        await bench.Streams.NextMessageAsync(sink.Stream!.Id);
        Assert.Equal(1, left);
    }
}
