using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>How long things may be silent between a front end and a silo.</summary>
internal static class SessionTimings
{
    /// <summary>Silence on the wire passes in real time, whatever clock the sessions live by.</summary>
    public static TimeProvider Clock => TimeProvider.System;

    /// <summary>The longest a grain call keeps a caller waiting for whom somebody waits.</summary>
    public static TimeSpan Poll { get; } = TimeSpan.FromMilliseconds(400);

    /// <summary>The longest a stream on which nothing is owed keeps its reader waiting.</summary>
    public static TimeSpan IdlePoll { get; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// After this a call is asked after, without giving up on the first attempt's effect: both name the same delivery. Above
    /// <see cref="Poll"/>, so that only a silo in trouble sees it.
    /// </summary>
    public static TimeSpan AskAgain { get; } = TimeSpan.FromMilliseconds(650);

    /// <summary>How long the receipt of an end that was begun is waited for. A silo that was lost says so sooner.</summary>
    public static TimeSpan LateReceipt { get; } = TimeSpan.FromSeconds(3);

    /// <summary>After this Orleans forgets a call, the one with <see cref="IdlePoll"/> excepted.</summary>
    public static TimeSpan ResponseTimeout { get; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a front end tries to reach a session again before it gives the client an error that can be retried.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMilliseconds(4500);

    /// <summary>
    /// A delivery that is older is not run: well below <see cref="DeliveryName.Lifetime"/>, after which its effects are forgotten.
    /// </summary>
    public static TimeSpan LatestDelivery { get; } = TimeSpan.FromSeconds(10);

    /// <summary>A reader that nobody reads for this long has lost its front end.</summary>
    public static TimeSpan ReaderExpiry { get; } = TimeSpan.FromSeconds(30);
}
