using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.History;
using static OrleansMcp.Tests.Drill.Histories;

namespace OrleansMcp.Tests.Drill;

/// <summary>A run of three clients, written by hand, in which every check has what it needs and nothing is wrong.</summary>
internal static class Runs
{
    private const int Enough = 10;
    private const int EnoughOthers = 3;

    public static List<Operation> Full(int sessions = Enough)
    {
        var tick = 0L;
        List<Operation> history = [.. Enumerable.Range(1, sessions).Select(session => new SessionOpening(Next(Alice, session)))];
        history.AddRange(Enumerable.Range(1, Enough).Select(value => new CounterIncrement(Next(Alice), 1, value)));
        history.Add(new SecretPut(Next(Alice), "s", "mine"));
        history.AddRange(Enumerable.Range(1, Enough).Select(_ => new SecretUse(Next(Alice), "s", "text", SecretCheck.Sign("mine", "text"))));
        history.AddRange(Enumerable.Range(1, Enough).Select(number => Answer(number % 2 == 0 ? Alice : Bob, CachedReply.OfClient)));
        history.AddRange(Enumerable.Range(1, Enough).Select(number => Answer(number % 2 == 0 ? Alice : Carol, CachedReply.OfTenant)));
        history.AddRange(Enumerable.Range(1, Enough).Select(number => Log(number % 2 == 0 ? Alice : Carol)));
        history.AddRange(Enumerable.Range(0, Enough).Select(number => new UpstreamCount(Next(Alice, 1 + (number % 2)), $"of {1 + (number % 2)}", 1 + (number / 2))));
        history.AddRange(Enumerable.Range(1, Enough).Select(version => Of(Next(Alice), "x:", version)));
        history.AddRange(Enumerable.Range(1, EnoughOthers).Select(_ => new GrantChange(Next(Alice), Orders, Bob, Access.Write)));
        history.AddRange(Enumerable.Range(1, EnoughOthers).Select(_ => Of(Next(Bob), $"x={Enough}")));
        history.AddRange(new[] { Attack.ForgedSignal, Attack.SessionSignal, Attack.TenantSignal, "cross_namespace_read" }
            .SelectMany(signal => Enumerable.Repeat(signal, EnoughOthers)).Select(signal => new Attack(Refusal(), "POST", "what is another's", signal, "404", "404")));
        return history;

        Stamp Next(DrillClient client, int session = 1) => Ok(++tick, ++tick, client, client == Alice ? session : 0);

        Stamp Refusal() => Refused(++tick, ++tick, "404", Carol, session: 0);

        CachedReply Answer(DrillClient client, string tool) => new(Next(client), tool, "q", "q", client.Tenant, client.Name, $"{client} {tool}");

        ToolLogRead Log(DrillClient client) => new(Next(client), "", [client.Tenant], "drill-1");
    }
}
