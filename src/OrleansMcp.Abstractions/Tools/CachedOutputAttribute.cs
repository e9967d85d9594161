namespace OrleansMcp;

/// <summary>
/// Caches the results of a tool for equal calls: the result must depend only on the arguments and on the caller as far as
/// <see cref="Sharing"/> names it. A call is not cached if it failed, used a secret or the session's state, or sent its client a message;
/// nor, when results are shared by the tenant, if it read anything of its client. The operator's configuration (<c>cache.tools</c>) takes
/// precedence.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CachedOutputAttribute : Attribute
{
    /// <summary>Caches results.</summary>
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
