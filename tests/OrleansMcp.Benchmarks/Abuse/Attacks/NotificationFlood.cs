namespace OrleansMcp.Benchmarks.Abuse.Attacks;

/// <summary>Notifications of progress that nobody waits for.</summary>
internal sealed class NotificationFlood : Flood
{
    public override string Name => "notifications";

    protected override Func<byte[]> Requests(Attacker attacker, int hand) => Always(attacker.Post(
        hand, Rpc.Notification("notifications/progress", """{"progressToken":1,"progress":1}""")));
}
