using OrleansMcp.Memory;

namespace OrleansMcp.Sessions.Streams;

/// <summary>
/// The streams of one session and how much they may hold. Three bounds add up to the whole: what a reader has not read yet is bounded by its
/// writer, which waits; what was delivered or has no reader is held for <c>Last-Event-ID</c> within the buffer's count and bytes; and of
/// finished streams that their posts never read, only the newest are held. The lock of <see cref="StreamSet"/> guards all members.
/// </summary>
internal sealed class StreamTable(int maxEvents, int maxBytes, HeldBytes memory)
{
    // A post begins to read its answer within moments. This many buffers must hold all answers that a session can give in such a moment.
    private const int UnclaimedBuffers = 8;

    // An event of this size is taken without asking: their number is bounded, and so is the memory that all of them take.
    private const int SmallEvent = 4096;

    private readonly Dictionary<long, EventStream> _streams = [];
    private readonly Retention<HeldEvent> _replayable = new(maxEvents, maxBytes);
    private readonly Retention<EventStream> _unclaimed = new(maxEvents, (long)UnclaimedBuffers * maxBytes);
    private long _lastId;
    private bool _isClosed;

    /// <summary>How many streams there are.</summary>
    public int Count => _streams.Count;

    public EventStream Open(bool resumable, Action? abandoned) => Put(new EventStream(++_lastId, resumable, abandoned));

    /// <summary>The session's own stream, made when it is needed.</summary>
    public EventStream Own() => _streams.GetValueOrDefault(0) ?? Put(new EventStream(0, resumable: true, abandoned: null));

    public EventStream? Find(long id) => id == 0 ? Own() : _streams.GetValueOrDefault(id);

    /// <param name="stream">The stream.</param>
    /// <param name="item">The event.</param>
    /// <param name="isCharged">Whether somebody was asked already whether the event may be held.</param>
    /// <exception cref="QuotaExceededException">The client holds too much; the event was not appended.</exception>
    public void Append(EventStream stream, SessionEvent item, bool isCharged)
    {
        Charge(HeldEvent.CostOf(item), isCharged);
        var held = stream.Append(item);
        if (!stream.HoldsUndelivered)
        {
            Keep(held);
        }

        Trim(least: 0);
        stream.Wake();
    }

    /// <summary>Finishes a stream. Its reader ends when it has read what is there.</summary>
    public void Finish(EventStream stream)
    {
        if (stream.Finished)
        {
            return;
        }

        stream.Finished = true;
        stream.Wake();
        if (stream.HoldsUndelivered && stream.Reader is null)
        {
            _unclaimed.Add(stream, stream.UndeliveredBytes);
            while (_unclaimed.Count > 1 && _unclaimed.Excess is { } oldest)
            {
                Forget(oldest);
            }
        }

        ForgetIfRead(stream);
    }

    /// <summary>Finishes all streams, also those that are opened later.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var stream in _streams.Values)
        {
            stream.Finished = true;
            stream.Wake();
            stream.ReleaseWriters();
        }
    }

    /// <summary>Attaches a reader. From then on the stream holds what the reader has not read, outside the budget for replays.</summary>
    public void Attach(EventReader reader)
    {
        var stream = reader.Stream;
        stream.Attach(reader);
        _unclaimed.Remove(stream);
        foreach (var held in stream.Undelivered)
        {
            _replayable.Remove(held);
        }
    }

    /// <summary>Notes that a reader got an event.</summary>
    public void Deliver(HeldEvent held)
    {
        var stream = held.Stream;
        if (!stream.TryDeliver(held))
        {
            return;
        }

        if (!stream.Resumable)
        {
            DropOldest(stream);
            return;
        }

        Keep(held);
        Trim(least: 1); // One is held however large it is: the connection that it is written to may break.
    }

    /// <summary>Closes a reader. A resumable stream holds what the reader did not read for a replay.</summary>
    public void Detach(EventReader reader)
    {
        reader.Close();
        var stream = reader.Stream;
        stream.ReleaseWriters();
        if (stream.Reader != reader)
        {
            return;
        }

        stream.Attach(null);
        foreach (var held in stream.Undelivered)
        {
            Keep(held);
        }

        ForgetIfRead(stream);
    }

    /// <summary>Forgets a stream and all it holds.</summary>
    public void Forget(EventStream stream)
    {
        while (!stream.IsEmpty)
        {
            _replayable.Remove(DropOldest(stream));
        }

        stream.Finished = true;
        _unclaimed.Remove(stream);
        _streams.Remove(stream.Id);
    }

    private EventStream Put(EventStream stream)
    {
        stream.Finished = _isClosed;
        _streams.Add(stream.Id, stream);
        return stream;
    }

    private void Keep(HeldEvent held) => _replayable.Add(held, held.Bytes);

    private void Trim(int least)
    {
        while (_replayable.Count > least && _replayable.Excess is { } oldest)
        {
            // The order is that of the events within each stream, so this one is the oldest of its stream.
            _replayable.Remove(DropOldest(oldest.Stream));
            ForgetIfRead(oldest.Stream);
        }
    }

    /// <summary>Charges an event. What is held only for a replay makes room for it.</summary>
    private void Charge(int bytes, bool isCharged)
    {
        if (isCharged || bytes <= SmallEvent)
        {
            memory.TakeAnyway(bytes);
            return;
        }

        QuotaRefusal? refusal;
        while (!memory.TryTake(bytes, out refusal) && _replayable.Oldest is { } oldest)
        {
            _replayable.Remove(DropOldest(oldest.Stream));
            ForgetIfRead(oldest.Stream);
        }

        if (refusal is not null)
        {
            throw new QuotaExceededException(refusal);
        }
    }

    private HeldEvent DropOldest(EventStream stream)
    {
        var dropped = stream.DropOldest();
        memory.Return(HeldEvent.CostOf(dropped.Item));
        return dropped;
    }

    private void ForgetIfRead(EventStream stream)
    {
        if (stream is { Finished: true, IsEmpty: true, HoldsUndelivered: false })
        {
            Forget(stream);
        }
    }
}
