using System.Globalization;
using System.Text;

namespace OrleansMcp.Tests.Malformed;

/// <summary>
/// Thousands of requests that no good client sends, made by rule, the same ones every time. <c>SESSION</c> in a header stands for the
/// id of a live session of the sender.
/// </summary>
internal static class HostileCorpus
{
    private const string Session = "Mcp-Session-Id: SESSION\r\n";
    private const string Modern = "MCP-Protocol-Version: 2026-07-28\r\n";
    private const string Meta = """"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}"""";

    private static readonly string[] s_bodies =
    [
        """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"h\u00e9llo"},"_meta":{"progressToken":"p"}}}""",
        """{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{"roots":{}},"clientInfo":{"name":"n","version":"1"}}}""",
        """[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/initialized"}]""",
        $$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"x"},{{{Meta}}}}}""",
    ];

    private static readonly string[] s_values =
    [
        "null", "true", "0", "-0", "1e400", "-1e400", "18446744073709551616", "1.5", "\"\"", "\"x\"", "\"\\u0000\"", "\"\\ud800\"", "[]", "[1]", "{}",
        """{"a":1,"a":2}""", "[[[[[[]]]]]]", new string('9', 500), "\"" + new string('y', 5000) + "\"",
    ];

    private static readonly string[] s_methods =
    [
        "initialize", "ping", "tools/list", "tools/call", "prompts/list", "prompts/get", "resources/list", "resources/read",
        "resources/templates/list", "resources/subscribe", "resources/unsubscribe", "completion/complete", "logging/setLevel", "server/discover",
        "subscriptions/listen", "notifications/cancelled", "notifications/progress", "notifications/initialized", "sampling/createMessage", "nope", "__proto__",
    ];

    private static readonly string[] s_parameters =
    [
        "name", "arguments", "_meta", "cursor", "uri", "level", "ref", "argument", "context", "protocolVersion", "capabilities", "clientInfo", "requestId",
        "progressToken", "requestState", "inputResponses", "notifications",
    ];

    public static IEnumerable<HostileRequest> All() =>
        [.. Truncated(), .. Fields(), .. Parameters(), .. Envelopes(), .. Encodings(), .. Nested(), .. Batches(), .. Headers(), .. Transports()];

    private static IEnumerable<HostileRequest> Truncated() =>
        from body in s_bodies
        from length in Enumerable.Range(0, body.Length)
        from headers in new[] { Session, "" }
        where length % 2 == 0 || headers.Length > 0
        select HostileRequest.Post($"cut at {length}", body[..length], headers);

    private static IEnumerable<HostileRequest> Fields() =>
        from field in new[] { "jsonrpc", "id", "method", "params", "result", "error" }
        from value in s_values
        from name in new[] { field, field.ToUpperInvariant(), "x\",\"" + field }
        select HostileRequest.Post($"{field} is {value[..Math.Min(20, value.Length)]}", $$$"""{"jsonrpc":"2.0","id":1,"method":"ping","{{{name}}}":{{{value}}}}""", Session);

    private static IEnumerable<HostileRequest> Parameters() =>
        from method in s_methods
        from parameter in s_parameters
        from value in s_values.Where((_, index) => (index + method.Length + parameter.Length) % 4 == 0)
        select HostileRequest.Post($"{method} with {parameter}", $$$"""{"jsonrpc":"2.0","id":1,"method":"{{{method}}}","params":{"{{{parameter}}}":{{{value}}}}}""", Session);

    private static IEnumerable<HostileRequest> Envelopes() =>
        from method in s_methods
        from version in new[] { "2026-07-28", "2025-11-25", "v999", "" }
        from named in new[] { method, "other", "" }
        from body in new[] { "{" + Meta + "}", "{}", """{"_meta":3}""", """{"_meta":{"io.modelcontextprotocol/protocolVersion":7}}""", $$"""{"name":"echo",{{Meta}}}""" }
        where (method.Length + version.Length + named.Length + body.Length) % 3 == 0 && method != "subscriptions/listen"
        select HostileRequest.Post($"{method} of {version} named {named}", $$$"""{"jsonrpc":"2.0","id":1,"method":"{{{method}}}","params":{{{body}}}}""",
            $"MCP-Protocol-Version: {version}\r\nMcp-Method: {named}\r\n");

    private static IEnumerable<HostileRequest> Encodings()
    {
        var message = s_bodies[0];
        yield return HostileRequest.Post("UTF-16", Encoding.Unicode.GetBytes(message), Session);
        yield return HostileRequest.Post("UTF-32", Encoding.UTF32.GetBytes(message), Session);
        yield return HostileRequest.Post("BOM", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(message)], Session);
        yield return HostileRequest.Post("Latin-1", Encoding.Latin1.GetBytes("""{"jsonrpc":"2.0","id":1,"method":"ping","x":"é"}"""), Session);
        yield return HostileRequest.Post("NUL bytes", new byte[64], Session);
        for (var position = 0; position < message.Length; position += 2)
        {
            var bytes = Encoding.UTF8.GetBytes(message);
            bytes[position] = (byte)(0x80 + (position % 0x7F));
            yield return HostileRequest.Post($"bad UTF-8 at {position}", bytes, Session);
        }
    }

    private static IEnumerable<HostileRequest> Nested()
    {
        foreach (var depth in new[] { 63, 64, 65, 1000, 10_000, 500_000 })
        {
            var deep = new string('[', depth) + new string(']', depth);
            yield return HostileRequest.Post($"{depth} arrays", deep, Session);
            yield return HostileRequest.Post($"{depth} deep", """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":""" + deep + "}}}", Session);
            yield return HostileRequest.Post($"{depth} open", new string('{', depth), Session);
        }

        yield return HostileRequest.Post("many keys", "{" + string.Join(",", Enumerable.Range(0, 20_000).Select(i => $"\"k{i}\":1")) + "}", Session);
        yield return HostileRequest.Post("huge method", $$"""{"jsonrpc":"2.0","id":1,"method":"{{new string('m', 1_000_000)}}"}""", Session);
        yield return HostileRequest.Post("huge id", $$"""{"jsonrpc":"2.0","id":"{{new string('i', 1_000_000)}}","method":"ping"}""", Session);
        yield return HostileRequest.Post("4 MiB and one byte", new byte[(4 * 1024 * 1024) + 1], Session);
    }

    private static IEnumerable<HostileRequest> Batches()
    {
        yield return HostileRequest.Post("empty batch", "[]", Session);
        yield return HostileRequest.Post("nested batch", """[[{"jsonrpc":"2.0","id":1,"method":"ping"}]]""", Session);
        yield return HostileRequest.Post("batch of numbers", "[1,2,3]", Session);
        yield return HostileRequest.Post("batch without session", s_bodies[2]);
        yield return HostileRequest.Post("batch of 2026-07-28", s_bodies[2], Modern);
        yield return HostileRequest.Post("batch of 10,000", "[" + string.Join(",", Enumerable.Repeat("""{"jsonrpc":"2.0","id":1,"method":"ping"}""", 10_000)) + "]", Session);
        yield return HostileRequest.Post("batch with the same ids", "[" + string.Join(",", Enumerable.Repeat("""{"jsonrpc":"2.0","id":1,"method":"ping"}""", 50)) + "]", Session);
    }

    private static IEnumerable<HostileRequest> Headers()
    {
        var ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";
        foreach (var id in new[] { "", " ", "x", new string('a', 73), new string('a', 20_000), "é", "..", "a.b.c", "%00", "../../etc/passwd", "SESSIONx", "SESSION, SESSION" })
        {
            yield return HostileRequest.Post($"session id {id[..Math.Min(10, id.Length)]}", ping, $"Mcp-Session-Id: {id}\r\n");
            yield return HostileRequest.Raw($"DELETE session {id[..Math.Min(10, id.Length)]}", "DELETE", $"Mcp-Session-Id: {(id == "SESSION" ? "x" : id)}\r\n");
            yield return HostileRequest.Raw($"GET session {id[..Math.Min(10, id.Length)]}", "GET", $"Mcp-Session-Id: {id}\r\n");
        }

        foreach (var last in new[] { "x", "1-1", "1-1-1", "--", "-1--1--1", new string('9', 60), "life-0-0", "é", "a-9223372036854775807-9223372036854775807", "a-1-99999999999999999999" })
        {
            yield return HostileRequest.Raw($"Last-Event-ID {last}", "GET", Session + $"Last-Event-ID: {last}\r\n");
        }

        foreach (var version in new[] { "1", "2024-11-05", "2026-07-28, 2025-11-25", "é", new string('2', 10_000), "2025-06-18" })
        {
            yield return HostileRequest.Post($"version {version[..Math.Min(10, version.Length)]}", ping, Session + $"MCP-Protocol-Version: {version}\r\n");
        }

        foreach (var type in new[] { "text/plain", "application/json; charset=utf-16", "application/jsonx", "", "application/x-www-form-urlencoded", "multipart/form-data", "é", ";;;", "application/json;charset" })
        {
            yield return HostileRequest.Post($"type {type}", ping, Session, type);
        }

        foreach (var accept in new[] { "text/html", "*", "*/*;q=0", ",,,", "application/json;q=x", new string('a', 10_000) })
        {
            yield return new HostileRequest($"accept {accept[..Math.Min(10, accept.Length)]}", Encoding.Latin1.GetBytes(
                $"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer demo-alice\r\nConnection: close\r\nAccept: {accept}\r\n{Session}Content-Type: application/json\r\nContent-Length: {ping.Length}\r\n\r\n{ping}"));
        }

        foreach (var name in new[] { "Origin: http://evil.example", "Origin: null", "Origin:", "Host: evil.example", "Content-Encoding: gzip", "Expect: 200-ok", "X: " + new string('x', 40_000), "Transfer-Encoding: gzip, chunked", "Authorization: Bearer demo-bob" })
        {
            yield return HostileRequest.Post(name[..Math.Min(24, name.Length)], ping, Session + name + "\r\n");
        }

        foreach (var key in new[] { "", "Bearer", "Bearer ", "Basic ZGVtbzpkZW1v", "Bearer " + new string('k', 20_000), "Bearer demo-alice x", "bearer\tdemo-alice", "Bearer é" })
        {
            yield return new HostileRequest("key " + key[..Math.Min(12, key.Length)], Encoding.Latin1.GetBytes(
                $"POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {key}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{{}}"));
        }
    }

    private static IEnumerable<HostileRequest> Transports()
    {
        foreach (var method in new[] { "PUT", "PATCH", "HEAD", "OPTIONS", "TRACE", "CONNECT", "post", "GETX", "DELETE", "G\u00e9T" })
        {
            yield return HostileRequest.Raw(method, method, "");
            yield return HostileRequest.Raw(method + " with a body", method, "Content-Type: application/json\r\nContent-Length: 2\r\n", "{}"u8.ToArray());
        }

        foreach (var target in new[] { "/mcp/", "/mcp?key=demo-alice", "/MCP", "//mcp", "/mcp/../mcp", "http://127.0.0.1/mcp", "http://evil.example/mcp", "*", "mcp", "/%6dcp", "/mcp%00", "/" + new string('a', 9000) })
        {
            yield return HostileRequest.Raw("target " + target[..Math.Min(20, target.Length)], "POST", "Content-Type: application/json\r\nContent-Length: 2\r\n", "{}"u8.ToArray(), target);
        }

        foreach (var length in new[] { "-1", "x", "99999999999999999999", "1, 2", "" })
        {
            yield return HostileRequest.Raw($"length {length}", "POST", $"Content-Type: application/json\r\nContent-Length: {length}\r\n", "{}"u8.ToArray());
        }

        foreach (var chunk in new[] { "x\r\n", "ffffffffffffffff\r\n{}", "2\r\n{}", "2;a=b\r\n{}\r\n0\r\n\r\n", "2\r\n{}garbage", "0\r\n\r\n" })
        {
            yield return HostileRequest.Raw("chunks", "POST", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n", Encoding.ASCII.GetBytes(chunk));
        }

        foreach (var version in new[] { "HTTP/1.0", "HTTP/9.9", "HTTP/", "" })
        {
            yield return HostileRequest.Raw("version " + version, "POST", "Content-Type: application/json\r\nContent-Length: 2\r\n", "{}"u8.ToArray(), version: version);
        }

        yield return new HostileRequest("garbage", Enumerable.Range(0, 2000).Select(i => (byte)(i * 7)).ToArray());
        yield return new HostileRequest("TLS", [0x16, 0x03, 0x01, 0x02, 0x00, 0x01, 0x00, 0x01, 0xfc, 0x03, 0x03]);
        yield return new HostileRequest("many headers", Encoding.ASCII.GetBytes("POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            + string.Concat(Enumerable.Range(0, 200).Select(i => string.Create(CultureInfo.InvariantCulture, $"X-{i}: y\r\n"))) + "\r\n"));
        yield return new HostileRequest("no host", "POST /mcp HTTP/1.1\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        yield return new HostileRequest("split header", "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nA: b\r\n c\r\nX\r\n\r\n"u8.ToArray());
    }
}
