namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Headers that are missing, wrong, or say something else than the body; in both eras.</summary>
internal static class Envelopes
{
    private static readonly string[] s_versions =
    [
        "2024-11-05", "2025-03-27", "2099-01-01", "1", "0", "-1", "2025", "2025-11-25 2025-06-18", "2025-11-25,2025-11-25", "2025-11-25\u00e9", "draft", "DRAFT-2026-v1",
        "latest", "null", "2025-11-25;q=1", "\"2025-11-25\"", "2025-11-25T00:00:00Z", "20251125", "../2025-11-25", new string('2', 4000),
    ];

    private static readonly string[] s_names =
    [
        "echo", "Increment", "increment ,x", "increment\u00e9", "=?base64?aW5jcmVtZW50", "=?base64?!!!!?=", "=?base64??=", "=?BASE64?ZWNobw==?=", "=?utf-8?q?increment?=",
        "%69ncrement", "\"increment\"", "increment;increment", new string('i', 4000), "=?base64?" + new string('A', 4000) + "?=", "=?base64?/////w==?=",
    ];

    private static readonly string[] s_methods = ["tools/list", "TOOLS/CALL", "tools/call,tools/call", "tools%2Fcall", "tools\\call", "\"tools/call\"", "*", "tools/call\u00e9", new string('t', 4000)];

    private static readonly string[] s_removed =
        ["initialize", "ping", "logging/setLevel", "resources/subscribe", "resources/unsubscribe", "no/such", "rpc.discover", "tasks/get", "server/discover ", "notifications/x"];

    public static IEnumerable<HostileRequest> Of(Target target) => [.. Modern(target), .. Sessions(target)];

    private static IEnumerable<HostileRequest> Modern(Target target)
    {
        yield return new("2026: no Mcp-Method", Call(target).Without("Mcp-Method").ToBytes(), Expectation.Refused(-32020));
        yield return new("2026: no Mcp-Name", Call(target).Without("Mcp-Name").ToBytes(), Expectation.Refused(-32020));
        yield return new("2026: two Mcp-Names", Call(target).And("Mcp-Name", "increment").ToBytes(), Expectation.Refused(-32020));
        yield return new("2026: two Mcp-Methods", Call(target).And("Mcp-Method", "tools/call").ToBytes(), Expectation.Refused(-32020));
        yield return new("2026: two versions", Call(target).And("MCP-Protocol-Version", Target.ModernVersion).ToBytes(), Expectation.Refused());
        yield return new("2026: empty Mcp-Name", Call(target).With("Mcp-Name", "").ToBytes(), Expectation.Refused(-32020));
        yield return new("2026: no version header", Call(target).Without("MCP-Protocol-Version").ToBytes(), Expectation.Refused(-32020));
        yield return new("2026: header of a session revision", Call(target).With("MCP-Protocol-Version", Target.Version).ToBytes(), Expectation.Refused(-32020));
        yield return new("2026: no _meta", Call(target).Body(Target.Increment).ToBytes(), Expectation.Refused(-32602));
        foreach (var name in s_names)
        {
            yield return new($"2026: Mcp-Name {name}", Call(target).With("Mcp-Name", name).ToBytes(), Expectation.Refused(-32020).With(name));
        }

        foreach (var method in s_methods)
        {
            yield return new($"2026: Mcp-Method {method}", Call(target).With("Mcp-Method", method).ToBytes(), Expectation.Refused(-32020).With(method));
        }

        foreach (var version in s_versions)
        {
            var both = Target.ModernIncrement.Replace(Target.ModernVersion, version, StringComparison.Ordinal);
            yield return new($"2026: version {version} in the header", Call(target).With("MCP-Protocol-Version", version).ToBytes(), Expectation.Refused(-32020).With(version));
            yield return new($"2026: version {version} in the body", Call(target).Body(Json(version, both)).ToBytes(), Expectation.Refused(-32020));
            yield return new($"2026: version {version} in both", Call(target).With("MCP-Protocol-Version", version).Body(Json(version, both)).ToBytes(),
                Expectation.Refused(-32022, -32020).With(version));
        }

        foreach (var method in s_removed)
        {
            var body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":{" + Target.Meta + "}}";
            yield return new($"2026: {method}", target.Modern(method).Body(body).ToBytes(), method.EndsWith(' ') ? Expectation.AnyFailure : Expectation.Status(404, -32601));
        }

        yield return new("2026: a response", target.Modern("tools/call").Body("""{"jsonrpc":"2.0","id":1,"result":{}}""").ToBytes(), Expectation.Refused(-32600));
        yield return new("2026: GET", target.Get(target.Victim).With("MCP-Protocol-Version", Target.ModernVersion).ToBytes(), Expectation.Status(405));
        yield return new("2026: DELETE", target.Delete(target.Victim).With("MCP-Protocol-Version", Target.ModernVersion).ToBytes(), Expectation.Status(405));
    }

    private static IEnumerable<HostileRequest> Sessions(Target target)
    {
        foreach (var version in s_versions)
        {
            yield return new($"version {version}", target.Post(target.Victim).With("MCP-Protocol-Version", version).Body(Target.Increment).ToBytes(), Expectation.Refused(-32600).With(version));
            yield return new($"GET, version {version}", target.Get(target.Victim).With("MCP-Protocol-Version", version).ToBytes(), Expectation.Refused(-32600).With(version));
            yield return new($"DELETE, version {version}", target.Delete(target.Victim).With("MCP-Protocol-Version", version).ToBytes(), Expectation.Refused(-32600).With(version));
        }

        yield return new("another revision than negotiated", target.Post(target.Victim).With("MCP-Protocol-Version", "2025-06-18").Body(Target.Increment).ToBytes(), Expectation.Refused(-32600));
        yield return new("no session", target.Opening().Body(Target.Echo).ToBytes(), Expectation.OneOf(200));
        yield return new("GET without a session", target.Get("x").Without("Mcp-Session-Id").ToBytes(), Expectation.Status(405, -32000));
        yield return new("DELETE without a session", target.Delete("x").Without("Mcp-Session-Id").ToBytes(), Expectation.Refused(-32000));
        yield return new("a second initialize", target.Post(target.Victim).Body(Target.Initialize).ToBytes(), Expectation.AnyFailure);
        yield return new("initialize on a stranger's session", target.Post(target.Foreign).Body(Target.Initialize).ToBytes(), Expectation.Status(404, -32001));
    }

    private static RequestText Call(Target target) => target.Modern("tools/call", "increment").Body(Target.ModernIncrement);

    private static string Json(string version, string body) => version.Contains('"', StringComparison.Ordinal)
        ? body.Replace(version, version.Replace("\"", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal)
        : body;
}
