using System.Text;

namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Broken HTTP: lengths that lie, chunks that are none, headers that smuggle, requests that are not requests.</summary>
internal static class Framing
{
    private static readonly string[] s_lengths =
    [
        "-1", "+5", "abc", "1.5", "0x10", "5,6", "5 6", "99999999999999999999999", "9223372036854775808", "1e3", "\u00b2", "4294967296", " ", "5;", "١",
    ];

    private static readonly string[] s_chunks =
    [
        "", "0", "zz\r\n", "-1\r\nx\r\n0\r\n\r\n", "5\r\nabc", "5\r\nabcdefgh\r\n0\r\n\r\n", "ffffffffffffffffff\r\nx", "7fffffff\r\nx", "ffffffff\r\nx\r\n0\r\n\r\n",
        "2\n{}\n0\n\n", "2\r\n{}0\r\n\r\n", "2 \r\n{}\r\n0\r\n\r\n", "0x2\r\n{}\r\n0\r\n\r\n", "\r\n\r\n", "2;" + "\0" + "\r\n{}\r\n0\r\n\r\n", "0\r\nX: " + "y",
        "2\r\n{}\r\n0\r\nContent-Length: 5\r\n\r\n", "2\r\n{}\r\n0\r\nBad Trailer: 1\r\n\r\n", "2\r\n{}\r\n", "2\r\n{}\r\n-0\r\n\r\n", "+2\r\n{}\r\n0\r\n\r\n",
    ];

    private static readonly string[] s_codings = ["gzip", "chunked, gzip", "identity", "chunked, chunked", "xchunked", "chunked\u000b", "\"chunked\"", "Chunked;q=1", ","];

    private static readonly string[] s_lines =
    [
        "\r\n", "\r\n\r\n\r\n", "GET\r\n\r\n", "GET /mcp\r\n\r\n", "GET  /mcp HTTP/1.1\r\n\r\n", "GET /mcp HTTP/1.1 x\r\n\r\n", "GET /mcp http/1.1\r\n\r\n", "GET /mcp HTTP/1\r\n\r\n",
        "GET /mcp HTTP/11\r\n\r\n", "GET /mcp HTTP/-1.1\r\n\r\n", "GET /mcp HTTPS/1.1\r\n\r\n", "GET mcp HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET \\mcp HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /mcp\0 HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET /mcp\t HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET * HTTP/1.1\r\nHost: localhost\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "CONNECT localhost:80 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "GET http://evil.example/mcp HTTP/1.1\r\nHost: localhost\r\n\r\n", "GET //evil.example/mcp HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET http://localhost/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "GET /mcp#fragment HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /mcp%0d%0aX-Injected:%201 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", "GET /mcp HTTP/1.1\r\n\r\n", "GET /mcp HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET /mcp HTTP/1.1\r\nHost: a b\r\n\r\n",
        "GET /mcp HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", "GET /mcp HTTP/1.1\r\nHost: [::1\r\n\r\n", "GET /mcp HTTP/1.1\r\nHost : localhost\r\n\r\n", "GET /mcp HTTP/1.1\r\n Host: localhost\r\n\r\n",
        "GET /mcp HTTP/1.1\r\nHost: localhost\r\n folded\r\n\r\n", "GET /mcp HTTP/1.1\r\nHost: localhost\r\n: x\r\n\r\n", "GET /mcp HTTP/1.1\r\nHost: localhost\r\nnocolon\r\n\r\n", "GET /mcp HTTP/1.1\r\nHost: localhost\r\nX\0Y: 1\r\n\r\n",
        "GET /mcp HTTP/1.1\r\nHost: localhost\r\nX: a\rb\r\n\r\n", "GET /mcp HTTP/1.1\r\nHost: localhost\r\nX: a\0b\r\n\r\n", "GET /mcp HTTP/1.1\nHost: localhost\nConnection: close\n\n", "GET /mcp HTTP/1.1\rHost: localhost\r\r",
        "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}\r\n\r\n", "EHLO evil.example\r\n\r\n", "SSH-2.0-OpenSSH_9.6\r\n",
        "GET /mcp HTTP/1.0\r\n\r\n", "POST /mcp HTTP/1.0\r\nContent-Length: 2\r\n\r\n{}", "POST /mcp HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /mcp HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGVzdA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
        "GET /mcp HTTP/1.1\r\nHost: localhost\r\nUpgrade: h2c\r\nHTTP2-Settings: AAAA\r\nConnection: Upgrade, HTTP2-Settings, close\r\n\r\n",
    ];

    public static IEnumerable<HostileRequest> Of(Target target)
    {
        foreach (var length in s_lengths)
        {
            yield return new($"Content-Length {length}", target.Post(target.Victim).Body(Target.Increment[..^1]).With("Content-Length", length).ToBytes(), Expectation.BrokenHttp, Farewell.HangsUp);
        }

        yield return new("two lengths", target.Post(target.Victim).Body(Target.Increment).And("Content-Length", "5").ToBytes(), Expectation.BrokenHttp, Farewell.HangsUp);
        yield return new("a length and no body", target.Post(target.Victim).With("Content-Length", "200").ToBytes(), Expectation.BrokenHttp, Farewell.HangsUp);
        yield return new("a length and half a body", target.Post(target.Victim).Body(Target.Increment).With("Content-Length", "200").ToBytes(), Expectation.BrokenHttp, Farewell.Vanishes);
        yield return new("a length that cuts the body", target.Post(target.Victim).Body(Target.Increment).With("Content-Length", "20").ToBytes(), Expectation.Refused(-32700));
        yield return new("a body and no length", target.Post(target.Victim).Body(Target.Increment).Without("Content-Length").ToBytes(), Expectation.Http(400, 411), Farewell.HangsUp);
        foreach (var chunks in s_chunks)
        {
            yield return new($"chunks {chunks}", target.Post(target.Victim).Chunks(chunks).ToBytes(), Expectation.BrokenHttp, Farewell.HangsUp);
            yield return new($"chunks, then gone: {chunks}", target.Post(target.Victim).Chunks(chunks).ToBytes(), Expectation.BrokenHttp, Farewell.Vanishes);
        }

        foreach (var coding in s_codings)
        {
            yield return new($"Transfer-Encoding {coding}", target.Post(target.Victim).Chunks("2\r\n{}\r\n0\r\n\r\n").With("Transfer-Encoding", coding).ToBytes(), Expectation.BrokenHttp, Farewell.HangsUp);
            yield return new($"Transfer-Encoding {coding} and a length", target.Post(target.Victim).Body("{}").And("Transfer-Encoding", coding).ToBytes(), Expectation.BrokenHttp, Farewell.HangsUp);
        }

        yield return new("chunked and a length", target.Post(target.Victim).Chunks("2\r\n{}\r\n0\r\n\r\nPOST /mcp HTTP/1.1\r\n").And("Content-Length", "2").ToBytes(), Expectation.BrokenHttp, Farewell.HangsUp);
        yield return new("expects to continue", target.Post(target.Victim).Body("{}").With("Expect", "100-continue").ToBytes(), Expectation.Refused(-32600));
        yield return new("expects something else", target.Post(target.Victim).Body("{}").With("Expect", "200-maybe").ToBytes(), Expectation.BrokenHttp);
        foreach (var line in s_lines)
        {
            yield return new($"line {line}", Encoding.Latin1.GetBytes(line), Expectation.OtherHttp, Farewell.HangsUp);
        }

        foreach (var version in new[] { "HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9" })
        {
            yield return new(version, target.Bare("GET", "/mcp", version).ToBytes(), Expectation.Http(400, 505));
        }

        yield return new("a TLS greeting", [0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3, 3, 0, 0], Expectation.BrokenHttp, Farewell.HangsUp);
        yield return new("an HTTP/2 preface and settings", [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0], Expectation.OtherHttp, Farewell.HangsUp);
        foreach (var (name, request) in Large(target))
        {
            yield return new(name, request.ToBytes(), Expectation.Http(400, 404, 413, 414, 431), Farewell.HangsUp);
        }
    }

    private static IEnumerable<(string Name, RequestText Request)> Large(Target target)
    {
        yield return ("a header of 64 KiB", target.Get(target.Victim).With("X-Large", new string('x', 65_536)));
        yield return ("a header name of 64 KiB", target.Get(target.Victim).With(new string('n', 65_536), "x"));
        yield return ("a session id of 40 KiB", target.Get(new string('s', 40_000)));
        yield return ("a URL of 8 KiB", target.Bare("GET", "/mcp?" + new string('q', 8_192)));
        yield return ("a method of 8 KiB", target.Bare(new string('M', 8_192), "/mcp"));
        foreach (var count in new[] { 65, 500, 5_000 })
        {
            var request = target.Get(target.Victim);
            for (var number = 0; number < count; number++)
            {
                request.And($"X-{number}", "");
            }

            yield return ($"{count} headers", request);
        }
    }
}
