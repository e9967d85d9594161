using System.Diagnostics;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Grains.Sessions;

namespace OrleansMcp.Grains.Directory;

/// <summary>
/// How long and how often a call is tried while a silo is lost and its grains find new homes. The clock starts at the last sign of life, so
/// that a long call is not cut short and a silent one does not hang.
/// </summary>
internal struct RetryBudget(TimeSpan patience)
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(250);

    /// <summary>What a timer can wait: it counts whole milliseconds, and less than one is no pause but a loop of calls until the patience is over.</summary>
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(1);

    private long _lastSign = Stopwatch.GetTimestamp();
    private TimeSpan _pause = s_first;

    /// <summary>What is left of the patience.</summary>
    public readonly TimeSpan Left
    {
        get
        {
            var left = patience - Stopwatch.GetElapsedTime(_lastSign);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public readonly bool IsOver => Left == TimeSpan.Zero;

    /// <summary>The session answered.</summary>
    public void Renew() => (_lastSign, _pause) = (Stopwatch.GetTimestamp(), s_first);

    /// <summary>How long to wait before the next attempt.</summary>
    public TimeSpan NextPause()
    {
        var pause = _pause < Left ? _pause : Left;
        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, s_longest.Ticks));
        return pause > s_shortest ? pause : s_shortest;
    }

    /// <summary>
    /// Failures of the way to an actor, not of the actor: its silo is gone or going, its activation was fenced, or nobody answered. Whether
    /// the call arrived is unknown. A look-up that was sent to a lost part of the grain directory ends as cancelled, although nobody here
    /// cancelled anything.
    /// </summary>
    /// <param name="exception">What the call ended with.</param>
    /// <param name="cancellationToken">The caller's own token, when it has one: what it cancelled is not tried again.</param>
    public static bool IsTransient(Exception exception, CancellationToken cancellationToken = default) => exception is
        TimeoutException or SiloUnavailableException or OrleansMessageRejectionException or ClientNotAvailableException or GatewayTooBusyException or InconsistentStateException or OrleansException
        or System.Net.Sockets.SocketException or ObjectDisposedException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    /// <summary>
    /// The actor did not get the call: a silo would not take it, as while an activation leaves. When a silo is lost there is no telling.
    /// </summary>
    public static bool WasTurnedAway(Exception exception) =>
        exception is UnclaimedException or (OrleansMessageRejectionException and not SiloUnavailableException);
}
