using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Streams;
using OrleansMcp.Tests.Memory;

namespace OrleansMcp.Tests.Sessions.Streams;

public sealed class StreamTableTests
{
    private const int MaxEvents = 4;
    private const int MaxBytes = 100;

    private readonly StreamTable _table = new(MaxEvents, MaxBytes, TestMemory.Hold());

    [Fact]
    public void A_stream_that_nobody_has_come_for_keeps_its_events()
    {
        var stream = Open();
        Append(stream, MaxEvents * 2);
        Append(_table.Own(), MaxEvents * 2);
        Assert.Equal((1, MaxEvents * 2), (stream.Oldest, stream.Undelivered.Count()));
    }

    [Fact]
    public void What_was_delivered_is_held_for_a_replay_as_far_as_the_buffer_goes()
    {
        var stream = Open();
        var reader = Attach(stream);
        for (var number = 0; number < MaxEvents * 2; number++)
        {
            Append(stream);
            Deliver(reader);
        }

        Assert.Equal((MaxEvents + 1, MaxEvents * 2), (stream.Oldest, stream.Newest));
        Append(stream, bytes: MaxBytes);
        Deliver(reader);
        Assert.Equal(MaxEvents + 2, stream.Oldest);
        Append(stream, bytes: 1);
        Deliver(reader);
        Assert.Equal(stream.Newest, stream.Oldest);
    }

    [Fact]
    public void The_event_that_was_delivered_last_is_held_however_large_until_the_next_one_comes()
    {
        var stream = Open();
        var reader = Attach(stream);
        Append(stream, bytes: 3 * MaxBytes);
        Deliver(reader);
        Assert.Equal(1, stream.Oldest);
        Append(_table.Own());
        Assert.True(stream.IsEmpty);
    }

    [Fact]
    public void A_reader_that_takes_over_finds_all_that_the_former_one_had_yet_to_see()
    {
        var stream = Open();
        var former = Attach(stream);
        Append(stream, MaxEvents * 2, bytes: MaxBytes);
        _table.Detach(former);
        Attach(stream);
        Assert.Equal(MaxEvents * 2, stream.Undelivered.Count());
    }

    [Fact]
    public void A_reader_that_does_not_read_keeps_what_it_has_yet_to_see_and_nothing_of_other_streams()
    {
        var stuck = Open();
        Attach(stuck);
        Append(stuck);
        var busy = Open();
        var reader = Attach(busy);
        for (var number = 0; number < 100; number++)
        {
            Append(busy);
            Deliver(reader);
        }

        Assert.Single(stuck.Undelivered);
        Assert.Equal(100 - MaxEvents + 1, busy.Oldest);
    }

    [Fact]
    public void A_post_that_never_comes_keeps_nothing_of_other_streams()
    {
        Append(Open());
        var busy = Open();
        var reader = Attach(busy);
        for (var number = 0; number < 100; number++)
        {
            Append(busy);
            Deliver(reader);
        }

        Assert.Equal(100 - MaxEvents + 1, busy.Oldest);
    }

    [Fact]
    public void What_a_reader_leaves_behind_is_held_for_a_replay_and_kept_again_for_the_next_reader()
    {
        var stream = Open();
        var reader = Attach(stream);
        Append(stream, 3);
        _table.Detach(reader);
        Append(stream);
        Assert.Equal(1, stream.Oldest);
        Append(stream);
        Assert.Equal(2, stream.Oldest);

        Attach(stream);
        Append(_table.Own(), MaxEvents);
        Append(stream, MaxEvents);
        Assert.Equal(2, stream.Oldest);
    }

    [Fact]
    public void A_stream_that_cannot_be_resumed_holds_nothing_that_was_delivered()
    {
        var stream = Open(resumable: false);
        var reader = Attach(stream);
        Append(stream, 2);
        Deliver(reader);
        Assert.Equal(2, stream.Oldest);
        Deliver(reader);
        Assert.True(stream.IsEmpty);
    }

    [Fact]
    public void A_finished_stream_is_forgotten_with_its_last_event()
    {
        var stream = Open();
        var reader = Attach(stream);
        Append(stream);
        Deliver(reader);
        _table.Finish(stream);
        _table.Detach(reader);
        Assert.Same(stream, _table.Find(stream.Id));
        Append(_table.Own(), MaxEvents);
        Assert.Null(_table.Find(stream.Id));
    }

    [Fact]
    public void Of_answers_that_nobody_comes_for_the_last_are_kept_and_nobodys_others_suffer()
    {
        List<EventStream> streams = [];
        for (var number = 0; number < 3 * MaxEvents; number++)
        {
            streams.Add(Open(resumable: number % 2 == 0));
            Append(streams[^1]);
            _table.Finish(streams[^1]);
        }

        Assert.Equal(streams[^MaxEvents..], streams.Where(stream => _table.Find(stream.Id) is not null));
        Assert.All(streams[..^MaxEvents], stream => Assert.True(stream.IsEmpty));
        Attach(streams[^MaxEvents]);
        _table.Finish(Open());
        Assert.Same(streams[^MaxEvents], _table.Find(streams[^MaxEvents].Id));
    }

    [Fact]
    public void Answers_that_nobody_comes_for_may_be_large_but_not_all_of_them()
    {
        List<EventStream> streams = [];
        for (var number = 0; number < 3; number++)
        {
            streams.Add(Open());
            Append(streams[^1], bytes: 5 * MaxBytes);
            _table.Finish(streams[^1]);
        }

        Assert.Equal(streams[^1..], streams.Where(stream => _table.Find(stream.Id) is not null));
        var huge = Open();
        Append(huge, bytes: 50 * MaxBytes);
        _table.Finish(huge);
        Assert.Same(huge, _table.Find(huge.Id));
        Assert.Null(_table.Find(streams[^1].Id));
    }

    [Fact]
    public void A_stream_that_is_opened_after_the_close_has_finished()
    {
        var open = Open();
        var reader = Attach(open);
        var (waiting, caughtUp) = (reader.WaitAsync(), open.CaughtUpAsync());
        _table.Close();
        Assert.True(waiting.IsCompleted);
        Assert.True(caughtUp.IsCompleted);
        Assert.True(open.Finished);
        Assert.True(Open().Finished);
        Assert.True(_table.Own().Finished);
    }

    private EventStream Open(bool resumable = true) => _table.Open(resumable, abandoned: null);

    private EventReader Attach(EventStream stream)
    {
        var reader = new EventReader(stream, stream.Delivered);
        _table.Attach(reader);
        return reader;
    }

    private void Append(EventStream stream, int count = 1, int bytes = 0)
    {
        for (var number = 0; number < count; number++)
        {
            _table.Append(stream, new SessionEvent(SessionEventKind.Message, Data: new byte[bytes]), isCharged: false);
        }
    }

    private void Deliver(EventReader reader) => _table.Deliver(reader.Stream.After(reader.Stream.Delivered)!);
}
