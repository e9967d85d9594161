namespace OrleansMcp.Sessions.Streams;

/// <summary>
/// One stream of a session: the answer to a post, or the session's own (id 0). The lock of <see cref="StreamSet"/> guards all members.
/// </summary>
internal sealed class EventStream(long id, bool resumable, Action? abandoned)
{
    private readonly Queue<HeldEvent> _events = new();
    private TaskCompletionSource? _caughtUp; // set while a writer waits

    public long Id { get; } = id;

    /// <summary>Whether delivered events are kept for <c>Last-Event-ID</c>.</summary>
    public bool Resumable { get; } = resumable;

    /// <summary>Called when the reader leaves before the stream has finished.</summary>
    public Action? Abandoned { get; } = abandoned;

    public bool Finished { get; set; }

    /// <summary>Closes the reader after this event and asks it to reconnect after this time; null: not at all.</summary>
    public (long After, TimeSpan Retry)? HangUp { get; set; }

    public EventReader? Reader { get; private set; }

    /// <summary>Whether the stream ever had a reader.</summary>
    public bool WasRead { get; private set; }

    /// <summary>
    /// Whether undelivered events are kept: the stream has a reader, or it is the stream of a post that has not begun to read. The
    /// session's own stream has a reader only while a client listens.
    /// </summary>
    public bool HoldsUndelivered => Reader is not null || (Id != 0 && !WasRead);

    /// <summary>Sequence of the newest event.</summary>
    public long Newest { get; private set; }

    /// <summary>Sequence of the newest event that was delivered to a reader.</summary>
    public long Delivered { get; private set; }

    public long UndeliveredBytes { get; private set; }

    public bool IsEmpty => _events.Count == 0;

    public long Oldest => _events.TryPeek(out var first) ? first.Sequence : Newest + 1;

    /// <summary>The events that no reader got, oldest first.</summary>
    public IEnumerable<HeldEvent> Undelivered => _events.Where(held => held.Sequence > Delivered);

    public bool IsBehind(int maxEvents, int maxBytes) => UndeliveredBytes > maxBytes || Newest - Delivered > maxEvents;

    public void Attach(EventReader? reader) => (Reader, WasRead) = (reader, true);

    /// <summary>Completes when the reader has caught up or has gone.</summary>
    public Task CaughtUpAsync() => (_caughtUp ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Releases the writers that wait for the reader.</summary>
    public void ReleaseWriters()
    {
        _caughtUp?.TrySetResult();
        _caughtUp = null;
    }

    /// <summary>Signals the reader that there is something to read, or that the stream has finished.</summary>
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

    /// <summary>Marks an event as delivered. False when it was delivered before and this is a replay.</summary>
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

    /// <summary>Drops the oldest event. It then counts as delivered, so that the next reader begins after it.</summary>
    public HeldEvent DropOldest()
    {
        var oldest = _events.Dequeue();
        TryDeliver(oldest);
        return oldest;
    }
}

/// <summary>An event that a stream holds.</summary>
internal sealed class HeldEvent(EventStream stream, long sequence, SessionEvent item)
{
    private const int Objects = 256;

    public EventStream Stream { get; } = stream;

    public long Sequence { get; } = sequence;

    public SessionEvent Item { get; } = item;

    public int Bytes => Item.Data.Length;

    /// <summary>The bytes that an event holds, its objects among them.</summary>
    public static int CostOf(SessionEvent item) => Objects + item.Data.Length;
}
