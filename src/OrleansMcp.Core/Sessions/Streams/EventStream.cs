namespace OrleansMcp.Sessions.Streams;

/// <summary>
/// One stream of a session: the answer to a post, or the session's own (id 0). The lock of <see cref="StreamSet"/> guards all members.
/// </summary>
internal sealed class EventStream(long id, bool resumable, Action? abandoned)
{
    private readonly Queue<BufferedEvent> _events = new();
    private bool _wasRead;

    public long Id { get; } = id;

    /// <summary>Whether delivered events are kept for <c>Last-Event-ID</c>.</summary>
    public bool Resumable { get; } = resumable;

    /// <summary>Called when the reader leaves before the stream has finished.</summary>
    public Action? Abandoned { get; } = abandoned;

    public bool Finished { get; set; }

    /// <summary>Closes the reader after this event and asks it to reconnect after this time; null: not at all.</summary>
    public (long After, TimeSpan Retry)? HangUp { get; set; }

    public StreamReader? Reader { get; private set; }

    /// <summary>
    /// Whether undelivered events are kept: the stream has a reader, or it is the stream of a post that has not begun to read. The
    /// session's own stream has a reader only while a client listens.
    /// </summary>
    public bool HoldsUndelivered => Reader is not null || (Id != 0 && !_wasRead);

    /// <summary>Sequence of the newest event.</summary>
    public long Newest { get; private set; }

    /// <summary>Sequence of the newest event that was delivered to a reader.</summary>
    public long Delivered { get; set; }

    private long UndeliveredBytes { get; set; }

    /// <summary>Set while a writer waits; completed when the reader has caught up.</summary>
    public TaskCompletionSource? CaughtUp { get; set; }

    public bool IsEmpty => _events.Count == 0;

    public long Oldest => _events.TryPeek(out var first) ? first.Sequence : Newest + 1;

    public bool IsBehind(int maxEvents, int maxBytes) => UndeliveredBytes > maxBytes || Newest - Delivered > maxEvents;

    public void Attach(StreamReader? reader) => (Reader, _wasRead) = (reader, true);

    public BufferedEvent Append(SessionEvent item)
    {
        var buffered = new BufferedEvent(++Newest, item);
        _events.Enqueue(buffered);
        UndeliveredBytes += item.Data.Length;
        return buffered;
    }

    /// <summary>The first kept event after <paramref name="sequence"/>.</summary>
    public BufferedEvent? After(long sequence)
    {
        foreach (var buffered in _events)
        {
            if (buffered.Sequence > sequence)
            {
                return buffered;
            }
        }

        return null;
    }

    public void MarkDelivered(BufferedEvent buffered)
    {
        if (buffered.Sequence > Delivered)
        {
            Delivered = buffered.Sequence;
            UndeliveredBytes -= buffered.Item.Data.Length;
        }
    }

    /// <summary>Drops the delivered events of a stream that is not resumable.</summary>
    public void DropDelivered()
    {
        while (!IsEmpty && Oldest <= Delivered)
        {
            DropOldest();
        }
    }

    /// <summary>Drops the oldest event and returns its size in bytes.</summary>
    public int DropOldest()
    {
        var dropped = _events.Dequeue();
        MarkDelivered(dropped);
        return dropped.Item.Data.Length;
    }
}

internal readonly record struct BufferedEvent(long Sequence, SessionEvent Item);

/// <summary>The current reader of a stream. The lock of <see cref="StreamSet"/> guards all members.</summary>
internal sealed class StreamReader(EventStream stream, long position)
{
    public EventStream Stream { get; } = stream;

    public long Position { get; set; } = position;

    /// <summary>Set when a newer reader replaced this one, or the stream closed it.</summary>
    public bool Closed { get; set; }

    /// <summary>Completed when there is an event to read; replaced each time the reader waits.</summary>
    public TaskCompletionSource? Signal { get; set; }
}
