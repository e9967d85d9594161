namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Answers to requests that nobody made, notifications about nothing, methods that do not exist.</summary>
internal static class Uncalled
{
    private static readonly string[] s_answers =
    [
        """{"jsonrpc":"2.0","id":1,"result":{}}""", """{"jsonrpc":"2.0","id":0,"result":null}""", """{"jsonrpc":"2.0","id":"","result":{}}""", """{"jsonrpc":"2.0","id":-1,"result":[]}""",
        """{"jsonrpc":"2.0","id":9223372036854775807,"result":{}}""", """{"jsonrpc":"2.0","id":"srv-1","result":{"action":"accept"}}""", """{"jsonrpc":"2.0","id":"1","result":{"roots":[]}}""",
        """{"jsonrpc":"2.0","id":1,"error":{}}""", """{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"x"}}""", """{"jsonrpc":"2.0","id":1,"error":{"code":"x","message":1,"data":[]}}""",
        """{"jsonrpc":"2.0","id":"../../x","result":{}}""", """{"jsonrpc":"2.0","id":"\u0000","result":{}}""",
    ];

    private static readonly string[] s_ids = ["1", "0", "-1", "null", "true", "\"\"", "\"x\"", "[]", "{}", "1.5", "1e400", "9223372036854775807", "\"e1\"", "7"];

    private static readonly string[] s_notifications =
    [
        "notifications/initialized", "notifications/cancelled", "notifications/progress", "notifications/roots/list_changed", "notifications/message", "notifications/tools/list_changed",
        "notifications/resources/updated", "notifications/elicitation/complete", "notifications/tasks/status", "notifications/no_such", "notifications/", "notifications/\\u0000",
        "tools/call", "initialize", "ping", "sampling/createMessage", "elicitation/create", "x", "__proto__",
    ];

    private static readonly string[] s_parameters = ["{}", "{\"x\":1}", "{\"requestId\":\"x\",\"reason\":5}", "{\"progressToken\":\"x\",\"progress\":\"y\",\"total\":-1}", "{\"_meta\":5}", "{\"_meta\":{}}"];

    private static readonly string[] s_methods =
    [
        "no/such", "tools/call ", " tools/call", "TOOLS/CALL", "tools\\\\call", "tools/call/", "/tools/call", "tools", "tools/", "tools.call", "constructor", "__proto__", "toString", "rpc.discover",
        "system.listMethods", "../tools/call", "sampling/createMessage", "elicitation/create", "roots/list", "notifications/initialized", "server/discover", "subscriptions/listen", "tasks/list", "\\u0000",
        "tools/call\\u0000", "\\u200btools/call", "t\\u043e\\u043els/call", "session_open", "\\u202egnip",
    ];

    public static IEnumerable<HostileRequest> Of(Target target)
    {
        foreach (var answer in s_answers)
        {
            yield return new($"answer {answer}", target.Post(target.Victim).Body(answer).ToBytes(), Expectation.OneOf(202, 400));
            yield return new($"answer to a stranger's session {answer}", target.Post(target.Foreign).Body(answer).ToBytes(), Expectation.Status(404, -32001));
            yield return new($"answer in 2026 {answer}", target.Modern("tools/call").Body(answer).ToBytes(), Expectation.Refused(-32600));
        }

        foreach (var id in s_ids)
        {
            yield return new($"cancelled {id}", Post(target, $$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{{{id}}}}}"""), Expectation.OneOf(202, 400));
            yield return new($"progress of {id}", Post(target, $$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{{{id}}},"progress":1}}"""),
                Expectation.OneOf(202, 400));
            yield return new($"2026: cancelled {id}", target.Modern("notifications/cancelled").Body(
                $$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{{{id}}}}}""").ToBytes(), Expectation.OneOf(202, 400));
        }

        foreach (var method in s_notifications)
        {
            foreach (var parameters in s_parameters)
            {
                yield return new($"{method} {parameters}", Post(target, $$"""{"jsonrpc":"2.0","method":"{{method}}","params":{{parameters}}}"""), Expectation.OneOf(202, 400));
            }

            yield return new($"{method} without params", Post(target, $$"""{"jsonrpc":"2.0","method":"{{method}}"}"""), Expectation.OneOf(202, 400));
            yield return new($"{method} to a stranger's session", target.Post(target.Foreign).Body($$"""{"jsonrpc":"2.0","method":"{{method}}"}""").ToBytes(), Expectation.Status(404, -32001));
            yield return new($"{method} without a session", target.Opening().Body($$"""{"jsonrpc":"2.0","method":"{{method}}"}""").ToBytes(), Expectation.OneOf(202, 400));
        }

        foreach (var method in s_methods)
        {
            var body = $$$"""{"jsonrpc":"2.0","id":1,"method":"{{{method}}}","params":{"name":"increment"}}""";
            yield return new($"method {method}", Post(target, body), Expectation.AnyFailure);
            yield return new($"method {method} without a session", target.Opening().Body(body).ToBytes(), Expectation.AnyFailure);
        }
    }

    private static byte[] Post(Target target, string body) => target.Post(target.Victim).Body(body).ToBytes();
}
