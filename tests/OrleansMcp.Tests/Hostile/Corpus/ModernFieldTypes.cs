namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Every field that 2026-07-28 adds, with values of every type in it.</summary>
internal static class ModernFieldTypes
{
    private const string Any = "nsbzao";
    private const string Prefix = "io.modelcontextprotocol/";

    // Method, Mcp-Name, params with ~ for the value, and the kinds of value that may be good there; all others must fail.
    private static readonly (string Method, string? Name, string Params, string Fits)[] s_fields =
    [
        ("server/discover", null, "~", ""),
        ("server/discover", null, """{"_meta":~}""", ""),
        ("server/discover", null, "{\"_meta\":" + MetaWith("protocolVersion", "~") + "}", ""),
        ("server/discover", null, "{\"_meta\":" + MetaWith("clientCapabilities", "~") + "}", "o"),
        ("server/discover", null, "{\"_meta\":" + MetaWith("clientInfo", "~") + "}", Any),
        ("server/discover", null, "{\"_meta\":" + MetaWith("logLevel", "~") + "}", Any),
        ("server/discover", null, "{\"_meta\":" + MetaWith("somethingElse", "~") + "}", Any),
        ("tools/list", null, "{\"cursor\":~," + Target.Meta + "}", Any),
        ("tools/call", "echo", "{\"name\":~,\"arguments\":{\"text\":\"x\"}," + Target.Meta + "}", ""),
        ("tools/call", "echo", "{\"name\":\"echo\",\"arguments\":~," + Target.Meta + "}", ""),
        ("tools/call", "echo", "{\"name\":\"echo\",\"arguments\":{\"text\":~}," + Target.Meta + "}", "s"),
        ("tools/call", "echo", "{\"name\":\"echo\",\"arguments\":{\"text\":\"x\"},\"requestState\":~," + Target.Meta + "}", "nbzao"),
        ("tools/call", "echo", "{\"name\":\"echo\",\"arguments\":{\"text\":\"x\"},\"inputResponses\":~," + Target.Meta + "}", Any),
        ("tools/call", "echo", "{\"name\":\"echo\",\"arguments\":{\"text\":\"x\"},\"requestState\":\"x\",\"inputResponses\":{\"a\":~}," + Target.Meta + "}", ""),
        ("tools/call", "whoami", "{\"name\":\"whoami\",\"arguments\":{\"session\":~}," + Target.Meta + "}", "nbzao"),
        ("tools/call", "session_close", "{\"name\":\"session_close\",\"arguments\":{\"session\":~}," + Target.Meta + "}", ""),
        ("tools/call", "session_open", "{\"name\":\"session_open\",\"arguments\":~," + Target.Meta + "}", "oz"),
        ("prompts/get", "summarise", "{\"name\":\"summarise\",\"arguments\":~," + Target.Meta + "}", ""),
        ("resources/read", "x", "{\"uri\":~," + Target.Meta + "}", ""),
        ("subscriptions/listen", null, "{\"notifications\":~," + Target.Meta + "}", Any),
        ("subscriptions/listen", null, "{\"notifications\":{\"toolsListChanged\":~,\"resourceSubscriptions\":~}," + Target.Meta + "}", Any),
        ("completion/complete", null, "{\"ref\":~,\"argument\":{\"name\":\"a\",\"value\":\"b\"}," + Target.Meta + "}", ""),
    ];

    public static IEnumerable<HostileRequest> Of(Target target) =>
        from field in s_fields
        from value in WrongValues.All
        let parameters = field.Params.Replace("~", value.Json, StringComparison.Ordinal)
        let body = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + field.Method + "\",\"params\":" + parameters + "}"
        select new HostileRequest($"2026 {field.Method} {field.Params} with {WrongValues.Shown(value.Json)}",
            target.Modern(field.Method, field.Name).Body(body).ToBytes(),
            field.Fits.Contains(value.Kind, StringComparison.Ordinal) ? Expectation.Anything : Expectation.AnyFailure);

    /// <summary>Metadata that is complete, with one entry replaced or added.</summary>
    private static string MetaWith(string key, string value)
    {
        var entries = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["protocolVersion"] = $"\"{Target.ModernVersion}\"",
            ["clientInfo"] = """{"name":"raw","version":"1"}""",
            ["clientCapabilities"] = "{}",
            [key] = value,
        };
        return "{" + string.Join(',', entries.Select(entry => $"\"{Prefix}{entry.Key}\":{entry.Value}")) + "}";
    }
}
