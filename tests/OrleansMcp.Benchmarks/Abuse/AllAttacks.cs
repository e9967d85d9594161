using OrleansMcp.Benchmarks.Abuse.Attacks;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>All attacks, in the order of the report.</summary>
internal static class AllAttacks
{
    private static readonly IAttack[] s_attacks =
    [
        new Nothing(),
        new BusyProcessors(),
        new SlowBodies("slow-bodies", hands: 1000, ahead: 0),
        new SlowBodies("unfinished-bodies", hands: 200, ahead: SlowBodies.Whole - 10_000),
        new UnreadReplies(),
        new AbandonedReplies(),
        new HeldArguments(),
        new ManyKeys("many-keys", ManyKeys.Allowed),
        new ManyKeys("too-many-keys", ManyKeys.TooMany),
        new ManyTokens("many-tokens", ManyTokens.Allowed),
        new ManyTokens("too-many-tokens", ManyTokens.TooMany),
        new OpenConnections("connections", withRequest: false),
        new OpenConnections("connections-after-a-request", withRequest: true),
        new UnreadStreams(),
        new HeldListens(),
        new NotificationFlood(),
        new PingFlood(),
        new MalformedFlood(),
        new UnknownMethodFlood(),
        new SecretFlood(),
        new BatchFlood(),
        new OpenedSessions(),
        new WrongSessions(),
        new WrongHandles(),
    ];

    public static IEnumerable<string> Names => s_attacks.Select(attack => attack.Name);

    public static IAttack Named(string name) => s_attacks.First(attack => attack.Name == name);
}
