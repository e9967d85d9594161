namespace OrleansMcp;

/// <summary>
/// Says that what a tool returned may answer the same call again for a while: its arguments, and who is named by the sharing, decide its result.
/// Nothing is kept of a call that failed, used a secret or the session's state, or reported to its client on the way; nor of one that looked at
/// its client when the result is to be shared by the tenant. The operator's word (<c>cache.tools</c> of the configuration) counts more.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CachedOutputAttribute : Attribute
{
    /// <summary>Keeps results.</summary>
    /// <param name="seconds">For how long, seconds: 1 to 86,400.</param>
    /// <param name="sharing">Whom they may answer.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time is not within its limits.</exception>
    public CachedOutputAttribute(int seconds, CacheSharing sharing = CacheSharing.Client)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seconds, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(seconds, 86_400);
        (Seconds, Sharing) = (seconds, sharing);
    }

    /// <summary>For how long, seconds.</summary>
    public int Seconds { get; }

    /// <summary>Whom they may answer.</summary>
    public CacheSharing Sharing { get; }
}
