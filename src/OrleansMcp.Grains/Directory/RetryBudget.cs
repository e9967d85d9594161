using System.Diagnostics;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Grains.Sessions;

namespace OrleansMcp.Grains.Directory;

/// <summary>
/// How long and how often a call is tried while a silo is lost and its grains are activated on others. The time counts from the last
/// answer, so that a long call is not cut short and a silent one does not hang.
/// </summary>
internal struct RetryBudget(TimeSpan patience)
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(250);

    /// <summary>The shortest time that a timer can wait: less than a millisecond would be no pause.</summary>
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(1);

    private long _lastSign = Stopwatch.GetTimestamp();
    private TimeSpan _pause = s_first;

    /// <summary>The time that is left for attempts.</summary>
    public readonly TimeSpan Left
    {
        get
        {
            var left = patience - Stopwatch.GetElapsedTime(_lastSign);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public readonly bool IsOver => Left == TimeSpan.Zero;

    /// <summary>Starts the time again, because the session answered.</summary>
    public void Renew() => (_lastSign, _pause) = (Stopwatch.GetTimestamp(), s_first);

    /// <summary>How long to wait before the next attempt.</summary>
    public TimeSpan NextPause()
    {
        var pause = _pause < Left ? _pause : Left;
        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, s_longest.Ticks));
        return pause > s_shortest ? pause : s_shortest;
    }

    /// <summary>
    /// Whether the call failed in transit and not in the actor: its silo is lost or stopping, its activation was fenced, or no answer came.
    /// Whether the call arrived is unknown. A look-up that was sent to a lost part of the grain directory throws
    /// <see cref="OperationCanceledException"/>, although the caller cancelled nothing.
    /// </summary>
    /// <param name="exception">The exception of the call.</param>
    /// <param name="cancellationToken">The caller's own token, if any. A cancellation by this token is not transient.</param>
    public static bool IsTransient(Exception exception, CancellationToken cancellationToken = default) => exception is
        TimeoutException or SiloUnavailableException or OrleansMessageRejectionException or ClientNotAvailableException or GatewayTooBusyException or InconsistentStateException or OrleansException
        or System.Net.Sockets.SocketException or ObjectDisposedException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>
    /// Whether the actor certainly did not get the call: a silo rejected it, as during a deactivation. Not known after the loss of a silo.
    /// </summary>
    public static bool WasTurnedAway(Exception exception) =>
        exception is UnclaimedException or (OrleansMessageRejectionException and not SiloUnavailableException);
}
