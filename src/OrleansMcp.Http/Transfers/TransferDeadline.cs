using OrleansMcp.Configuration;

namespace OrleansMcp.Http.Transfers;

/// <summary>
/// Gives up a client that sends a body or reads a reply too slowly. The limit is on the whole time and not on an average since the last byte:
/// <see cref="EndpointConfiguration.TransferGrace"/>, and the time that what was transferred takes at
/// <see cref="EndpointConfiguration.TransferBytesPerSecond"/>.
/// </summary>
internal sealed class TransferDeadline : IDisposable
{
    private readonly TimeProvider _time;
    private readonly EndpointConfiguration _limits;
    private readonly Action _expired;
    private readonly long _began;
    private readonly ITimer _timer;
    private long _bytes;
    private long _waited; // ticks

    /// <param name="time">The clock.</param>
    /// <param name="limits">How long the client has.</param>
    /// <param name="expired">Called once, from any thread, when the time is over.</param>
    public TransferDeadline(TimeProvider time, EndpointConfiguration limits, Action expired)
    {
        (_time, _limits, _expired, _began) = (time, limits, expired, time.GetTimestamp());
        _timer = time.CreateTimer(static self => ((TransferDeadline)self!).Look(), this, limits.TransferGrace, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Whether the time is over.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Some more bytes were transferred.</summary>
    public void Moved(long bytes) => Interlocked.Add(ref _bytes, bytes);

    /// <summary>The client was made to wait: its time does not run meanwhile.</summary>
    public void Waited(TimeSpan time) => Interlocked.Add(ref _waited, time.Ticks);

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var rest = _limits.TransferGrace + new TimeSpan(Interlocked.Read(ref _waited)) + TimeSpan.FromSeconds((double)Interlocked.Read(ref _bytes) / _limits.TransferBytesPerSecond)
            - _time.GetElapsedTime(_began);
        if (rest > TimeSpan.Zero)
        {
            _timer.Change(rest, Timeout.InfiniteTimeSpan);
            return;
        }

        IsOver = true;
        _expired();
    }
}
