using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>The timeouts of calls between a front end and a silo.</summary>
internal static class SessionTimings
{
    /// <summary>The clock of these timeouts: real time, also where tests give sessions another clock.</summary>
    public static TimeProvider Clock => TimeProvider.System;

    /// <summary>The longest time that a grain call takes to answer, except idle reads.</summary>
    public static TimeSpan Poll { get; } = TimeSpan.FromMilliseconds(400);

    /// <summary>The longest time that a read of a session's own stream waits for an item.</summary>
    public static TimeSpan IdlePoll { get; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// After this time without an answer a caller calls again, under the same delivery name, so that the first call may still take effect.
    /// Longer than <see cref="Poll"/>, so that it happens only when a silo is lost or overloaded.
    /// </summary>
    public static TimeSpan AskAgain { get; } = TimeSpan.FromMilliseconds(650);

    /// <summary>How long to wait for the receipt of an end that an earlier attempt may have begun. Calls to a lost silo fail sooner.</summary>
    public static TimeSpan LateReceipt { get; } = TimeSpan.FromSeconds(3);

    /// <summary>After this time Orleans fails a call, except reads, which wait for <see cref="IdlePoll"/>.</summary>
    public static TimeSpan ResponseTimeout { get; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a front end tries to reach a session before it answers with an error that the client may retry.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMilliseconds(4500);

    /// <summary>An older delivery is not run. Well below <see cref="DeliveryName.Lifetime"/>, after which the session drops its effects.</summary>
    public static TimeSpan LatestDelivery { get; } = TimeSpan.FromSeconds(10);

    /// <summary>A reader without a call for this long is removed: its front end is gone.</summary>
    public static TimeSpan ReaderExpiry { get; } = TimeSpan.FromSeconds(30);
}
