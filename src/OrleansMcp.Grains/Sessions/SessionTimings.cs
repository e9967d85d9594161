namespace OrleansMcp.Grains.Sessions;

/// <summary>How long things may be silent between a front end and a silo.</summary>
internal static class SessionTimings
{
    /// <summary>Silence on the wire passes in real time, whatever clock the sessions live by.</summary>
    public static TimeProvider Clock => TimeProvider.System;

    /// <summary>The longest a grain call keeps its caller waiting.</summary>
    public static TimeSpan Poll { get; } = TimeSpan.FromSeconds(1);

    /// <summary>After this a call has no answer to come. Well above <see cref="Poll"/>: a busy machine is not a lost one.</summary>
    public static TimeSpan ResponseTimeout { get; } = TimeSpan.FromMilliseconds(2500);

    /// <summary>How long a front end tries to reach a session again before it gives the client an error that can be retried.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromMilliseconds(4500);

    /// <summary>A reader that nobody reads for this long has lost its front end.</summary>
    public static TimeSpan ReaderExpiry { get; } = TimeSpan.FromSeconds(30);
}
