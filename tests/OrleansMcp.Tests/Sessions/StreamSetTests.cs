using System.Text;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Streams;
using OrleansMcp.Tests.Memory;
using Xunit;

namespace OrleansMcp.Tests.Sessions;

public sealed class StreamSetTests
{
    private const int MaxEvents = 8;
    private const int MaxBytes = 1024;

    private readonly StreamSet _streams = new("life", MaxEvents, MaxBytes, TestMemory.Hold());

    [Fact]
    public async Task A_stream_is_read_to_its_last_message()
    {
        var stream = _streams.Open(resumable: true, abandoned: null);
        await Append(stream, "one");
        await Append(stream, "two", last: true);
        Assert.Equal(["one", "two"], await ReadAll(new StreamRequest(stream.Id)));
    }

    [Fact]
    public async Task A_resume_replays_what_came_after_the_last_event_and_only_of_its_stream()
    {
        var (first, second) = (_streams.Open(true, null), _streams.Open(true, null));
        await Append(first, "a1");
        await Append(second, "b1");
        await Append(first, "a2", last: true);
        Assert.Equal(["a2"], await ReadAll(new StreamRequest(0, EventId.Format("life", first.Id, 1))));
    }

    [Theory]
    [InlineData("other-1-1")]
    [InlineData("life-99-1")]
    [InlineData("life-1-99")]
    [InlineData("life-1-")]
    public async Task An_event_id_of_a_call_that_is_not_held_is_reported_as_lost(string last)
    {
        await Append(_streams.Open(true, null), "x");
        var first = await _streams.ReadAsync(new StreamRequest(0, last), default).FirstAsync(TestContext.Current.CancellationToken);
        Assert.Equal(SessionEventKind.Lost, first.Kind);
    }

    [Theory]
    [InlineData("other-0-1", 0)]
    [InlineData("life-0-1", MaxEvents)]
    [InlineData("life-0-99", 0)]
    [InlineData("life-1--1", 0)]
    [InlineData("nonsense", 0)]
    [InlineData("", 0)]
    public async Task The_sessions_own_stream_opens_afresh_after_an_event_that_is_not_held(string last, int replayed)
    {
        await using (var first = Reader(new StreamRequest(0)))
        {
            Assert.True(await first.MoveNextAsync());
            for (var i = 0; i < MaxEvents * 2; i++)
            {
                await _streams.AppendToOwnAsync(Encoding.UTF8.GetBytes($"m{i}"), CancellationToken.None);
                Assert.True(await first.MoveNextAsync());
            }
        }

        await using var reader = Reader(new StreamRequest(0, last));
        Assert.True(await reader.MoveNextAsync());
        Assert.Equal(SessionEventKind.Opened, reader.Current.Kind);
        await _streams.AppendToOwnAsync("new"u8.ToArray(), CancellationToken.None);
        var heard = new List<string>();
        while (!heard.Contains("new"))
        {
            Assert.True(await reader.MoveNextAsync());
            heard.Add(Encoding.UTF8.GetString(reader.Current.Data.Span));
        }

        Assert.Equal([.. Enumerable.Range((2 * MaxEvents) - replayed, replayed).Select(i => $"m{i}"), "new"], heard);
    }

    [Fact]
    public async Task The_buffer_forgets_the_oldest_events_and_a_resume_before_them_is_lost()
    {
        var stream = _streams.Open(true, null);
        await using (var reader = Reader(new StreamRequest(stream.Id)))
        {
            for (var i = 0; i < MaxEvents * 3; i++)
            {
                await Append(stream, $"m{i}");
                Assert.True(await reader.MoveNextAsync());
            }
        }

        var lost = await _streams.ReadAsync(new StreamRequest(0, EventId.Format("life", stream.Id, 1)), default).FirstAsync(default);
        Assert.Equal(SessionEventKind.Lost, lost.Kind);
    }

    [Fact]
    public async Task The_own_stream_stays_bounded_while_nobody_listens()
    {
        for (var i = 0; i < 100; i++)
        {
            await _streams.AppendToOwnAsync(Encoding.UTF8.GetBytes($"n{i}"), default);
        }

        await using var reader = Reader(new StreamRequest(0));
        List<string> seen = [];
        await reader.MoveNextAsync();
        while (seen.Count < MaxEvents && await reader.MoveNextAsync())
        {
            seen.Add(Text(reader.Current));
        }

        Assert.Equal(Enumerable.Range(100 - MaxEvents, MaxEvents).Select(i => $"n{i}"), seen);
    }

    [Fact]
    public async Task A_writer_waits_for_a_reader_that_is_far_behind_and_goes_on_when_it_catches_up()
    {
        var stream = _streams.Open(true, null);
        ValueTask blocked = default;
        var written = 0;
        for (; written < 1000 && blocked.IsCompletedSuccessfully; written++)
        {
            blocked = _streams.AppendAsync(stream, "x"u8.ToArray(), last: false, default);
        }

        Assert.Equal(MaxEvents + 1, written);
        await using var reader = Reader(new StreamRequest(stream.Id));
        for (var i = 0; i <= written; i++)
        {
            Assert.True(await reader.MoveNextAsync());
        }

        var next = reader.MoveNextAsync();
        await blocked;
        Assert.False(next.IsCompleted);
        await Append(stream, "end", last: true);
        Assert.True(await next);
        Assert.Equal("end", Text(reader.Current));
    }

    [Fact]
    public async Task The_newest_reader_wins()
    {
        await using var first = Reader(new StreamRequest(0));
        await first.MoveNextAsync();
        var waiting = first.MoveNextAsync();
        await using var second = Reader(new StreamRequest(0));
        await second.MoveNextAsync();
        Assert.False(await waiting);
        await _streams.AppendToOwnAsync("n"u8.ToArray(), default);
        Assert.True(await second.MoveNextAsync());
        Assert.Equal("n", Text(second.Current));
    }

    [Fact]
    public async Task A_replay_that_nobody_drains_does_not_hold_up_another_stream()
    {
        var (big, live) = (_streams.Open(true, null), _streams.Open(true, null));
        await Append(big, new string('x', MaxBytes / 2));
        await using var replay = Reader(new StreamRequest(0, EventId.Format("life", big.Id, 0)));
        await replay.MoveNextAsync();
        await Append(live, "answer", last: true);
        Assert.Equal(["answer"], await ReadAll(new StreamRequest(live.Id)));
    }

    [Fact]
    public async Task A_stream_that_its_reader_leaves_early_is_reported_and_a_finished_one_is_not()
    {
        var abandoned = 0;
        var stream = _streams.Open(resumable: false, () => abandoned++);
        await Append(stream, "one");
        await using (var reader = Reader(new StreamRequest(stream.Id)))
        {
            await reader.MoveNextAsync();
        }

        Assert.Equal(1, abandoned);
        var whole = _streams.Open(resumable: false, () => abandoned++);
        await Append(whole, "one", last: true);
        await ReadAll(new StreamRequest(whole.Id));
        Assert.Equal(1, abandoned);
    }

    [Fact]
    public async Task A_reader_that_is_hung_up_on_gets_the_id_to_come_back_with()
    {
        var stream = _streams.Open(true, null);
        await Append(stream, "one");
        await using var reader = Reader(new StreamRequest(stream.Id));
        await reader.MoveNextAsync();
        await reader.MoveNextAsync();
        var next = reader.MoveNextAsync();
        _streams.HangUp(stream, TimeSpan.FromMilliseconds(500));
        Assert.True(await next);
        Assert.Equal((SessionEventKind.HangUp, TimeSpan.FromMilliseconds(500)), (reader.Current.Kind, reader.Current.Retry));
        var id = reader.Current.Id;
        Assert.False(await reader.MoveNextAsync());
        await Append(stream, "two", last: true);
        Assert.Equal(["two"], await ReadAll(new StreamRequest(0, id)));
    }

    private ValueTask Append(EventStream stream, string text, bool last = false) =>
        _streams.AppendAsync(stream, Encoding.UTF8.GetBytes(text), last, TestContext.Current.CancellationToken);

    private IAsyncEnumerator<SessionEvent> Reader(StreamRequest request) =>
        _streams.ReadAsync(request, TestContext.Current.CancellationToken).GetAsyncEnumerator();

    private async Task<List<string>> ReadAll(StreamRequest request)
    {
        List<string> all = [];
        await foreach (var item in _streams.ReadAsync(request, TestContext.Current.CancellationToken))
        {
            if (item.Kind == SessionEventKind.Message)
            {
                all.Add(Text(item));
            }
        }

        return all;
    }

    private static string Text(SessionEvent item) => Encoding.UTF8.GetString(item.Data.Span);
}
