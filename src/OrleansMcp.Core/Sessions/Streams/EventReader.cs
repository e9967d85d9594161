namespace OrleansMcp.Sessions.Streams;

/// <summary>Whoever reads a stream at the moment. Guarded by the lock of the <see cref="StreamSet"/>.</summary>
internal sealed class EventReader(EventStream stream, long position)
{
    public EventStream Stream { get; } = stream;

    /// <summary>Sequence of the last event it was handed.</summary>
    public long Position { get; set; } = position;

    /// <summary>Set when a newer reader took over, the stream hung up, or what it would read next is not held any more: this one ends.</summary>
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
