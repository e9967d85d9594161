using ModelContextProtocol.Protocol;

namespace OrleansMcp.Sessions;

/// <summary>What a process that stops waits for.</summary>
public sealed partial class Session
{
    /// <summary>
    /// Whether a call runs that was begun at that time or before. Those that begin later are not waited for, or a session in use would keep
    /// its process for ever; nor are subscriptions, which last as long as their clients do.
    /// </summary>
    /// <param name="tick">The time, as <see cref="Environment.TickCount64"/> counts it.</param>
    public bool RunsCallBegunBy(long tick)
    {
        lock (_gate)
        {
            return _calls?.Values.Any(call => call.BegunAt <= tick && call.Message.Method != RequestMethods.SubscriptionsListen) == true;
        }
    }
}
