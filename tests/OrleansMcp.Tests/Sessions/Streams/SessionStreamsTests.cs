using System.Text;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Streams;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.Streams;

public sealed class SessionStreamsTests
{
    private readonly SessionBench _bench = new();

    [Theory]
    [InlineData(ProtocolVersions.November2025, true, true)]
    [InlineData(ProtocolVersions.June2025, true, false)]
    public void What_a_stream_can_do_is_its_revisions(string version, bool isResumable, bool isPrimed)
    {
        var streams = new SessionBench(version: version).Streams;
        var stream = streams.Open(abandoned: null);
        Assert.Equal((isResumable, isPrimed ? 1 : 0), (stream.Resumable, stream.Newest));
    }

    [Fact]
    public void A_principals_streams_cannot_be_resumed()
    {
        var stream = new SessionBench(isPrincipal: true).Streams.Open(abandoned: null);
        Assert.Equal((false, 0), (stream.Resumable, stream.Newest));
    }

    [Fact]
    public void There_are_no_streams_until_one_is_needed()
    {
        Assert.False(_bench.Streams.Any);
        _bench.Streams.Open(abandoned: null);
        Assert.True(_bench.Streams.Any);
    }

    [Fact]
    public async Task A_reader_that_begins_to_read_after_the_close_does_not_wait_for_ever()
    {
        _bench.Streams.CloseAll();
        Assert.Empty(await _bench.Streams.ReadToEndAsync(0).InTime("the session's own stream ended"));
        var late = _bench.Streams.Open(abandoned: null);
        Assert.Empty(await _bench.Streams.ReadToEndAsync(late.Id).InTime("the post's stream ended"));
    }

    [Fact]
    public async Task A_writer_that_waits_for_its_reader_is_let_go_at_the_close()
    {
        var stream = _bench.Streams.Open(abandoned: null);
        Task writing;
        do
        {
            writing = _bench.Streams.Set.AppendAsync(stream, "1"u8.ToArray(), last: false, CancellationToken.None).AsTask();
        }
        while (writing.IsCompleted);

        _bench.Streams.CloseAll();
        await writing.InTime("the writer went on");
    }

    [Fact]
    public async Task A_principal_that_drops_its_connections_leaves_nothing_behind()
    {
        var bench = new SessionBench(isPrincipal: true);
        for (var number = 0; number < 100; number++)
        {
            var sink = bench.Sink();
            await sink.TrySendAsync("1"u8.ToArray(), CancellationToken.None);
            sink.Finish(new OrleansMcp.Sessions.Calls.Answer(Encoding.UTF8.GetBytes("2"), 200, OrleansMcp.Sessions.Calls.AnswerOutcome.Ok));
            await bench.Streams.NextMessageAsync(sink.Stream!.Id); // The reader leaves before the answer.
        }

        Assert.Equal(0, bench.Streams.Set.Count);
    }
}
