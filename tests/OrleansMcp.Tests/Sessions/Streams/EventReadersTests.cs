using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Streams;
using OrleansMcp.Tests.Memory;

namespace OrleansMcp.Tests.Sessions.Streams;

public sealed class EventReadersTests
{
    private const int MaxEvents = 4;

    private readonly StreamTable _table = new(MaxEvents, maxBytes: 1024, TestMemory.Hold());
    private readonly EventReaders _readers;

    public EventReadersTests() => _readers = new EventReaders("life", _table);

    [Fact]
    public void A_reader_waits_until_there_is_something_and_ends_with_its_stream()
    {
        var stream = Open();
        var reader = Attach(new StreamRequest(stream.Id));
        var (item, wait) = _readers.Next(reader);
        Assert.Null(item);
        Assert.False(wait!.IsCompleted);
        Append(stream);
        Assert.True(wait.IsCompleted);
        Assert.Equal("life-1-1", _readers.Next(reader).Item!.Value.Id);
        _table.Finish(stream);
        Assert.Equal((null, null), _readers.Next(reader));
    }

    [Fact]
    public void A_resume_of_another_life_or_of_what_is_not_held_finds_nothing()
    {
        var stream = Open();
        Append(stream, 3);
        Assert.Null(_readers.Attach(new StreamRequest(0, "formerlife-1-1")));
        Assert.Null(_readers.Attach(new StreamRequest(0, "life-2-0")));
        Assert.Null(_readers.Attach(new StreamRequest(0, "life-1-4")));
        Assert.Null(_readers.Attach(new StreamRequest(7)));
        Assert.NotNull(_readers.Attach(new StreamRequest(0, "life-1-3")));
    }

    [Fact]
    public void A_replay_that_is_slower_than_the_buffer_ends_and_is_never_continued_after_a_gap()
    {
        var stream = Open();
        var live = Attach(new StreamRequest(stream.Id));
        Append(stream, MaxEvents);
        ReadAll(live);
        var replay = Attach(new StreamRequest(0, "life-1-0"));
        Assert.Equal("life-1-1", _readers.Next(replay).Item!.Value.Id);

        Append(_table.Own(), 3); // Which takes the place of the events that the replay would read next.
        Assert.Equal((null, null), _readers.Next(replay));
        Assert.Null(_readers.Attach(new StreamRequest(0, "life-1-1")));
        Assert.NotNull(_readers.Attach(new StreamRequest(0, "life-1-3")));
    }

    [Fact]
    public void The_reader_that_is_sent_away_has_read_all_that_was_there()
    {
        var stream = Open();
        var reader = Attach(new StreamRequest(stream.Id));
        Append(stream);
        stream.HangUp = (stream.Newest, TimeSpan.FromSeconds(1));
        Assert.Equal(SessionEventKind.Message, _readers.Next(reader).Item!.Value.Kind);
        var last = _readers.Next(reader).Item!.Value;
        Assert.Equal((SessionEventKind.HangUp, "life-1-1", TimeSpan.FromSeconds(1)), (last.Kind, last.Id, last.Retry));
        Assert.Equal((null, null), _readers.Next(reader));
        Assert.Null(_readers.Leave(reader));
        Assert.NotNull(_readers.Attach(new StreamRequest(0, "life-1-1")));
    }

    [Fact]
    public void A_reader_that_was_replaced_leaves_nothing_behind_for_the_one_that_replaced_it()
    {
        var left = 0;
        var stream = _table.Open(resumable: false, () => left++);
        var first = Attach(new StreamRequest(stream.Id));
        var second = Attach(new StreamRequest(stream.Id));
        Assert.Null(_readers.Leave(first));
        Append(stream);
        Assert.NotNull(_readers.Next(second).Item);
        Assert.NotNull(_readers.Leave(second));
        Assert.Equal(0, left); // The caller runs it, outside of the lock.
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void A_stream_that_cannot_be_resumed_is_gone_with_its_reader(bool isFinished, bool hasMore)
    {
        var stream = _table.Open(resumable: false, static () => { });
        var reader = Attach(new StreamRequest(stream.Id));
        Append(stream, hasMore ? 2 : 1);
        Assert.NotNull(_readers.Next(reader).Item);
        if (isFinished)
        {
            _table.Finish(stream);
        }

        Assert.Equal(isFinished, _readers.Leave(reader) is null);
        Assert.Equal((0, true, true), (_table.Count, stream.IsEmpty, stream.Finished));
    }

    private EventReader Attach(StreamRequest request)
    {
        var reader = _readers.Attach(request);
        Assert.NotNull(reader);
        return reader;
    }

    private EventStream Open() => _table.Open(resumable: true, abandoned: null);

    private void Append(EventStream stream, int count = 1)
    {
        for (var number = 0; number < count; number++)
        {
            _table.Append(stream, new SessionEvent(SessionEventKind.Message, EventId.Format("life", stream.Id, stream.Newest + 1)), isCharged: false);
        }
    }

    private void ReadAll(EventReader reader)
    {
        while (_readers.Next(reader).Item is not null)
        {
        }
    }
}
