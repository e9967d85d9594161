using System.Collections.Concurrent;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;

namespace OrleansMcp.Signals;

/// <summary>Tells which clients are throttled because they made too many attempts on sessions or records of others.</summary>
public interface IAttempts
{
    /// <summary>How long <paramref name="caller"/> is still throttled; null when it is not.</summary>
    /// <remarks>
    /// A throttled client gets no new sessions, and ids that are not its own are answered with <c>Retry-After</c>. Its open sessions go on:
    /// they harm no other client, and a stolen key must not stop the client it was stolen from. The owners that the attempts were aimed at
    /// and the other clients of the attacker's tenant are not affected.
    /// </remarks>
    TimeSpan? RetryAfter(Caller caller);
}

/// <summary>
/// Counts attempts per client and minute, wherever they were seen: by the front end, by a session, by the records. The minute begins with the
/// first attempt. Every process counts by itself; a cluster of n gateways lets through n times as many before each of them throttles the client.
/// </summary>
/// <remarks>Not built on System.Threading.RateLimiting: docs/decisions/0020-own-attempt-limits.md.</remarks>
internal sealed class AttemptThrottle(IConfigurationSource configuration, TimeProvider time) : IAttempts
{
    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    // Bounded: callers are configured clients.
    private readonly ConcurrentDictionary<(string Tenant, string Client), Minute> _clients = new();

    public TimeSpan? RetryAfter(Caller caller) =>
        _clients.TryGetValue((caller.Tenant, caller.Client), out var minute) ? minute.Rest(time.GetUtcNow(), Most) : null;

    /// <summary>Counts a signal if it is an attempt; true when its client is throttled.</summary>
    public bool Counts(Signal signal)
    {
        if (signal.Who is not { } who || !IsAttempt(signal.Name))
        {
            return false;
        }

        var now = time.GetUtcNow();
        var minute = _clients.GetOrAdd((who.Tenant, who.Client), static _ => new Minute());
        minute.Count(now);
        return minute.Rest(now, Most) is not null;
    }

    private int Most => configuration.Current.Signals.AttemptsPerMinute;

    private static bool IsAttempt(string name) => name is SignalName.CrossSessionAttempt or SignalName.CrossTenantAttempt
        or SignalName.ForgedSessionId or SignalName.CrossNamespaceWrite or SignalName.CrossNamespaceRead;

    private sealed class Minute
    {
        private readonly Lock _gate = new();
        private DateTimeOffset _until;
        private long _count;

        public void Count(DateTimeOffset now)
        {
            lock (_gate)
            {
                (_until, _count) = now < _until ? (_until, _count + 1) : (now + s_minute, 1);
            }
        }

        public TimeSpan? Rest(DateTimeOffset now, int most)
        {
            lock (_gate)
            {
                return now < _until && _count > most ? _until - now : null;
            }
        }
    }
}
