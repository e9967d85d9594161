namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Batches where there are none, and batches that are no good where there are some.</summary>
internal static class Batches
{
    private const string Notification = """{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}""";
    private const string Cancel = """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""";
    private const string Answer = """{"jsonrpc":"2.0","id":"never-asked","result":{}}""";

    private static readonly string[] s_bad =
    [
        "[]", "[ ]", "[[]]", "[[],[]]", $"[[{Target.Ping}]]", "[1]", "[1,2,3]", "[null]", "[{}]", "[\"x\"]", "[true,false]",
        $"[{Target.Initialize}]", $"[{Target.Initialize},{Target.Ping}]", $"[{Target.Ping},{Target.Initialize}]",
    ];

    private static readonly string[] s_partlyBad =
    [
        $"[{Target.Ping},[{Target.Ping}]]", $"[{Target.Ping},1]", $"[{Target.Ping},null]", $"[{Target.Ping},{{}}]",
        $"[{Target.Ping},{{\"jsonrpc\":\"2.0\",\"id\":null,\"method\":\"ping\"}}]",
    ];

    private static readonly string[] s_wellFormed =
    [
        $"[{Target.Increment}]", $"[{Target.Increment},{Target.Ping}]", $"[{Notification}]", $"[{Answer}]", $"[{Cancel},{Target.Increment}]", $"[{Target.ModernIncrement}]",
    ];

    private static readonly string[] s_strange =
    [
        $"[{Target.Ping},{Target.Ping}]", $"[{Target.Echo},{Target.Echo},{Target.Echo}]", $"[{Answer},{Answer}]", $"[{Cancel},{Target.Ping}]", $"[{Notification},{Cancel}]",
        $"[{Target.Ping},{Answer},{Notification}]", $"[{Target.ModernEcho}]", $"[{Target.Ping},{{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"no/such\"}}]",
    ];

    public static IEnumerable<HostileRequest> Of(Target target)
    {
        foreach (var body in s_bad)
        {
            yield return new($"batch {body}", target.PostLegacy().Body(body).ToBytes(), Expectation.Refused(-32600));
        }

        foreach (var body in s_partlyBad)
        {
            yield return new($"batch {body}", target.PostLegacy().Body(body).ToBytes(), Expectation.PartlyRefused(-32600));
            yield return new($"batch without a session {body}", target.Opening().Body(body).ToBytes(), Expectation.PartlyRefused(-32600));
        }

        foreach (var count in new[] { 101, 10_000, 50_000 })
        {
            yield return new($"a batch of {count}", () => target.PostLegacy().Body(Many(Target.Ping, count)).ToBytes(), Expectation.TooMuch(-32600));
            yield return new($"a batch of {count} empty ones", () => target.PostLegacy().Body(Many("[]", count)).ToBytes(), Expectation.TooMuch(-32600));
            yield return new($"a batch of {count} notifications", () => target.PostLegacy().Body(Many(Notification, count)).ToBytes(), Expectation.TooMuch(-32600));
        }

        foreach (var body in s_bad.Concat(s_partlyBad).Concat(s_wellFormed))
        {
            yield return new($"batch in 2025-11-25 {body}", target.Post(target.Victim).Body(body).ToBytes(), Expectation.Refused(-32600));
            yield return new($"batch in 2025-11-25, header left out {body}", target.Post(target.Victim).Without("MCP-Protocol-Version").Body(body).ToBytes(), Expectation.Refused(-32600));
            yield return new($"batch in 2026 {body}", target.Modern("tools/call", "increment").Body(body).ToBytes(), Expectation.Refused(-32600));
        }

        foreach (var body in s_bad)
        {
            yield return new($"batch without a session {body}", target.Opening().Body(body).ToBytes(), Expectation.Refused(-32600));
        }

        foreach (var body in s_wellFormed)
        {
            yield return new($"batch without a session {body}", target.Opening().With("Authorization", "Bearer demo-carol").Body(body).ToBytes(), Expectation.PartlyRefused(-32600));
            yield return new($"batch to a stranger's session {body}", target.PostLegacy().With("Mcp-Session-Id", target.Foreign).Body(body).ToBytes(), Expectation.Status(404, -32001));
            yield return new($"batch, header of another revision {body}", target.PostLegacy().With("MCP-Protocol-Version", "2025-06-18").Body(body).ToBytes(), Expectation.Refused(-32600));
        }

        foreach (var body in s_strange)
        {
            yield return new($"strange batch {body}", target.PostLegacy().Body(body).ToBytes(), Expectation.Anything);
        }
    }

    private static string Many(string message, int count) => "[" + string.Join(',', Enumerable.Repeat(message, count)) + "]";
}
