using System.Globalization;

namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>JSON that is no message, almost JSON, and JSON that is nested too deep.</summary>
internal static class Shapes
{
    private const int Limit = 4 * 1024 * 1024;

    private static readonly string[] s_notMessages =
    [
        "null", "true", "false", "0", "-1", "1e400", "\"\"", "\"x\"", "{}", "{\"\":\"\"}", "{\"id\":1}", "{\"jsonrpc\":\"2.0\"}",
        """{"jsonrpc":"2.0","id":1}""", """{"jsonrpc":"2.0","method":""}""", """{"id":1,"method":"ping"}""", """{"jsonrpc":"1.0","id":1,"method":"ping"}""",
        """{"jsonrpc":"2.0 ","id":1,"method":"ping"}""", """{"jsonrpc":2.0,"id":1,"method":"ping"}""", """{"jsonrpc":"2.0","id":1,"result":{},"error":{"code":1,"message":""}}""",
        """{"jsonrpc":"2.0","result":{}}""", """{"jsonrpc":"2.0","id":null,"method":"ping"}""", """{"jsonrpc":"2.0","id":null,"result":{}}""",
        """{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}""", """{"jsonrpc":"2.0","id":1,"method":"ping","params":[1,2]}""",
    ];

    private static readonly string[] s_notJson =
    [
        "", " ", "\r\n\r\n", "\t \n", "{", "}", "[", "]", "\"", ",", ":", "{]", "[}", "{,}", "[,]", "[1,]", "{\"a\"}", "{\"a\":}", "{:1}", "{a:1}", "{'a':1}",
        "tru", "nul", "truefalse", "\"a", "\"a\\\"", "<xml/>", "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
        "name=increment&by=1", "--boundary\r\nContent-Disposition: form-data\r\n\r\n1\r\n--boundary--", "jsonrpc: \"2.0\"\nmethod: ping",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\",}", "{\"jsonrpc\":\"2.0\",\"id\":1 \"method\":\"ping\"}", "// x\n{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}",
        "{\"jsonrpc\":\"2.0\",/*x*/\"id\":1,\"method\":\"ping\"}", "\u001e{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}", ")]}',\n{}",
        Target.Increment + Target.Increment, Target.Increment + "\n" + Target.Increment, Target.Increment + "x", Target.Increment + "}", Target.Increment + ",",
        Target.Increment + "\0", "data: " + Target.Increment + "\n\n", "POST /mcp HTTP/1.1\r\nHost: x\r\n\r\n",
    ];

    public static IEnumerable<HostileRequest> Of(Target target)
    {
        foreach (var body in s_notMessages)
        {
            yield return new($"not a message: {body}", target.Post(target.Victim).Body(body).ToBytes(), Expectation.Refused(-32600, -32602));
            yield return new($"not a message, no session: {body}", target.Opening().Body(body).ToBytes(), Expectation.Refused(-32600, -32602));
            yield return new($"not a message, 2026: {body}", target.Modern("ping").Body(body).ToBytes(), Expectation.Refused(-32600, -32602));
        }

        foreach (var body in s_notJson)
        {
            yield return new($"not JSON: {body}", target.Post(target.Victim).Body(body).ToBytes(), Expectation.Refused(-32700));
            yield return new($"not JSON, no session: {body}", target.Opening().Body(body).ToBytes(), Expectation.Refused(-32700));
        }

        foreach (var depth in new[] { 65, 1_000, 10_000, 100_000, 1_000_000 })
        {
            foreach (var (where, template) in Places)
            {
                foreach (var (open, close) in new[] { ("[", "]"), ("{\"a\":", "}"), ("[", ""), ("[{\"a\":", "") })
                {
                    if (depth * (open.Length + close.Length) < Limit - template.Length)
                    {
                        yield return new($"{depth.ToString("n0", CultureInfo.InvariantCulture)} times '{open}' '{close}' as {where}",
                            () => target.Post(target.Victim).Body(template.Replace("~", Nested(open, close, depth), StringComparison.Ordinal)).ToBytes(),
                            Expectation.Refused(-32700));
                    }
                }
            }
        }
    }

    private static IEnumerable<(string Where, string Template)> Places =>
    [
        ("the body", "~"),
        ("the id", """{"jsonrpc":"2.0","id":~,"method":"ping"}"""),
        ("an argument", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment","arguments":{"by":1,"x":~}}}"""),
        ("_meta", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment","_meta":~}}"""),
        ("a result", """{"jsonrpc":"2.0","id":1,"result":~}"""),
    ];

    private static string Nested(string open, string close, int depth) => Repeat(open, depth) + (close.Length == 0 ? "" : "1" + Repeat(close, depth));

    private static string Repeat(string text, int count) => string.Concat(Enumerable.Repeat(text, count));
}
