namespace OrleansMcp.Sessions.Streams;

/// <summary>
/// One stream of a session: the answer to a post, or the session's own (id 0). All members are guarded by the lock of its
/// <see cref="StreamSet"/>.
/// </summary>
internal sealed class EventStream(long id, bool resumable, Action? abandoned)
{
    private readonly Queue<HeldEvent> _events = new();
    private TaskCompletionSource? _caughtUp; // set while a writer waits

    public long Id { get; } = id;

    /// <summary>Whether delivered events are held for <c>Last-Event-ID</c>.</summary>
    public bool Resumable { get; } = resumable;

    /// <summary>Called when the reader leaves before the stream has finished.</summary>
    public Action? Abandoned { get; } = abandoned;

    public bool Finished { get; set; }

    /// <summary>After which event the reader is sent away, and when it may come back; null: not at all.</summary>
    public (long After, TimeSpan Retry)? HangUp { get; set; }

    public EventReader? Reader { get; private set; }

    /// <summary>Whether anybody ever came to read it.</summary>
    public bool WasRead { get; private set; }

    /// <summary>
    /// Whether undelivered events must wait for a reader instead of being forgotten: there is one, or the post that will read the
    /// stream has not got to it yet. The session's own stream has a reader only while a client listens.
    /// </summary>
    public bool HoldsUndelivered => Reader is not null || (Id != 0 && !WasRead);

    /// <summary>Sequence of the newest event.</summary>
    public long Newest { get; private set; }

    /// <summary>Sequence of the newest event that was handed to a reader.</summary>
    public long Delivered { get; private set; }

    public long UndeliveredBytes { get; private set; }

    public bool IsEmpty => _events.Count == 0;

    public long Oldest => _events.TryPeek(out var first) ? first.Sequence : Newest + 1;

    /// <summary>The events that no reader was handed, oldest first.</summary>
    public IEnumerable<HeldEvent> Undelivered => _events.Where(held => held.Sequence > Delivered);

    public bool IsBehind(int maxEvents, int maxBytes) => UndeliveredBytes > maxBytes || Newest - Delivered > maxEvents;

    public void Attach(EventReader? reader) => (Reader, WasRead) = (reader, true);

    /// <summary>Completes when the reader has caught up or has gone.</summary>
    public Task CaughtUpAsync() => (_caughtUp ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Lets writers that wait for the reader go on.</summary>
    public void ReleaseWriters()
    {
        _caughtUp?.TrySetResult();
        _caughtUp = null;
    }

    /// <summary>Tells the reader that there is something to read, or no more to wait for.</summary>
    public void Wake() => Reader?.Signal?.TrySetResult();

    public HeldEvent Append(SessionEvent item)
    {
        var held = new HeldEvent(this, ++Newest, item);
        _events.Enqueue(held);
        UndeliveredBytes += held.Bytes;
        return held;
    }

    /// <summary>The first held event after <paramref name="sequence"/>.</summary>
    public HeldEvent? After(long sequence) => _events.FirstOrDefault(held => held.Sequence > sequence);

    /// <summary>Notes that a reader was handed an event. False when one was before: this is a replay.</summary>
    public bool TryDeliver(HeldEvent held)
    {
        if (held.Sequence <= Delivered)
        {
            return false;
        }

        Delivered = held.Sequence;
        UndeliveredBytes -= held.Bytes;
        return true;
    }

    /// <summary>Forgets the oldest event. One that nobody was handed counts as delivered: a reader that comes goes on after it.</summary>
    public HeldEvent DropOldest()
    {
        var oldest = _events.Dequeue();
        TryDeliver(oldest);
        return oldest;
    }
}

/// <summary>An event as long as a stream holds it. Guarded by the lock of the <see cref="StreamSet"/>.</summary>
internal sealed class HeldEvent(EventStream stream, long sequence, SessionEvent item)
{
    public EventStream Stream { get; } = stream;

    public long Sequence { get; } = sequence;

    public SessionEvent Item { get; } = item;

    public int Bytes => Item.Data.Length;
}
