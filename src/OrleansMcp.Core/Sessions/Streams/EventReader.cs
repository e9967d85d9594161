namespace OrleansMcp.Sessions.Streams;

/// <summary>The current reader of a stream. The lock of <see cref="StreamSet"/> guards all members.</summary>
internal sealed class EventReader(EventStream stream, long position)
{
    public EventStream Stream { get; } = stream;

    /// <summary>Sequence of the last event that this reader got.</summary>
    public long Position { get; set; } = position;

    /// <summary>Set when a newer reader took over, the stream hung up, or the next event is not held any more.</summary>
    public bool Closed { get; private set; }

    /// <summary>Completed when there is something to read; replaced each time the reader waits.</summary>
    public TaskCompletionSource? Signal { get; private set; }

    /// <summary>Completes when there is something to read.</summary>
    public Task WaitAsync() => (Signal = new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    public void Close()
    {
        Closed = true;
        Signal?.TrySetResult();
    }
}
