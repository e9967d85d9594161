namespace OrleansMcp.Sessions.Streams;

/// <summary>
/// One stream of a session: the answer to a post, or the session's own (id 0). All members are guarded by the lock of its
/// <see cref="StreamSet"/>.
/// </summary>
internal sealed class EventStream(long id, bool resumable, Action? abandoned)
{
    private readonly Queue<BufferedEvent> _events = new();
    private bool _wasRead;

    public long Id { get; } = id;

    /// <summary>Whether delivered events are held for <c>Last-Event-ID</c>.</summary>
    public bool Resumable { get; } = resumable;

    /// <summary>Called when the reader leaves before the stream has finished.</summary>
    public Action? Abandoned { get; } = abandoned;

    public bool Finished { get; set; }

    /// <summary>After which event the reader is sent away, and when it may come back; null: not at all.</summary>
    public (long After, TimeSpan Retry)? HangUp { get; set; }

    public StreamReader? Reader { get; private set; }

    /// <summary>
    /// Whether undelivered events must wait for a reader instead of being forgotten: there is one, or the post that will read the
    /// stream has not got to it yet. The session's own stream has a reader only while a client listens.
    /// </summary>
    public bool HoldsUndelivered => Reader is not null || (Id != 0 && !_wasRead);

    /// <summary>Sequence of the newest event.</summary>
    public long Newest { get; private set; }

    /// <summary>Sequence of the newest event that was handed to a reader.</summary>
    public long Delivered { get; set; }

    private long UndeliveredBytes { get; set; }

    /// <summary>Completed when the reader has caught up; set while a writer waits.</summary>
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

    /// <summary>The first held event after <paramref name="sequence"/>.</summary>
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

    /// <summary>Forgets what was delivered, where nothing can be replayed.</summary>
    public void DropDelivered()
    {
        while (!IsEmpty && Oldest <= Delivered)
        {
            DropOldest();
        }
    }

    /// <summary>Forgets the oldest event and says how many bytes it held.</summary>
    public int DropOldest()
    {
        var dropped = _events.Dequeue();
        MarkDelivered(dropped);
        return dropped.Item.Data.Length;
    }
}

internal readonly record struct BufferedEvent(long Sequence, SessionEvent Item);

/// <summary>Whoever reads a stream at the moment. Guarded by the lock of the <see cref="StreamSet"/>.</summary>
internal sealed class StreamReader(EventStream stream, long position)
{
    public EventStream Stream { get; } = stream;

    public long Position { get; set; } = position;

    /// <summary>Set when a newer reader took over or the stream hung up: this one ends.</summary>
    public bool Closed { get; set; }

    /// <summary>Completed when there is something to read; replaced each time the reader waits.</summary>
    public TaskCompletionSource? Signal { get; set; }
}
