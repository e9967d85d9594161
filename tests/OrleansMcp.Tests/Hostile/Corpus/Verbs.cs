namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Wrong methods, paths, content types, Accept headers, credentials, origins and hosts.</summary>
internal static class Verbs
{
    private static readonly string[] s_contentTypes =
    [
        "", "text/plain", "text/html", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp",
        "application/json-rpc", "application/vnd.api+json", "application", "json", "application/json, text/plain", "application/json; charset=utf-16",
        "application/json; charset=iso-8859-1", "application/json; charset=\"", "application/json;;;=;", "*/*", "application/*", "application/json\\u0000",
        "text/event-stream", new string('a', 4000),
    ];

    private static readonly string[] s_accepts =
    [
        "text/html", "application/xml", "application/json;q=0", "application/json;q=0, text/event-stream;q=0", "image/*", "x", "application", "/", "*",
        ",,,", ";", "application/json;q=nonsense", "text/event-stream;q=1.5", "\"application/json\"", new string('a', 4000), string.Join(',', Enumerable.Repeat("a/b", 2000)),
    ];

    private static readonly string[] s_credentials =
    [
        "", "Bearer", "Bearer ", "Bearer  ", "bearer", "Basic ZGVtby1hbGljZTo=", "Bearer demo-alicE", "Bearer demo-alice demo-bob", "Bearer demo-alice,demo-bob",
        "demo-alice", "Token demo-alice", "Bearer demo-alice\u00e9", "Bearer \u00ff\u00fe", "Bearer " + new string('k', 257), "Bearer " + new string('k', 8000),
        "Bearer null", "Bearer ' OR '1'='1", "Bearer ../../keys", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.", "Digest username=\"alice\"", "Negotiate YII=",
    ];

    private static readonly string[] s_origins =
    [
        "null", "http://evil.example", "https://evil.example:5080", "http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://evil.example/127.0.0.1",
        "http://127.0.0.1@evil.example", "http://localhost@evil.example", "file://", "http://", "://", "x", "chrome-extension://abc", "http://[::1", "http://127.0.0.1:99999",
        "http://127.0.0.1/path", "javascript:alert(1)", "http://loc\u00e0lhost", "http://evil.example, http://localhost",
    ];

    private static readonly string[] s_hosts = ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:5080", "192.168.0.1", "0.0.0.0", "[::ffff:8.8.8.8]", "169.254.169.254"];

    public static IEnumerable<HostileRequest> Of(Target target)
    {
        foreach (var method in new[] { "PUT", "PATCH", "TRACE", "OPTIONS", "PROPFIND", "FOO", "GETT", "POSTS", "DEBUG", "QUERY", "__proto__", new string('M', 200) })
        {
            yield return new($"method {method}", With(target.Bare(method, "/mcp"), target), Expectation.Status(405));
        }

        yield return new("method HEAD", target.Bare("HEAD", "/mcp").With("Mcp-Session-Id", target.Victim).ToBytes(), Expectation.Http(405));
        foreach (var method in new[] { "post", "Post", "get", "dELETE", "CONNECT", "P\u00d6ST", "PO\0ST", "PO ST", "" })
        {
            yield return new($"method {method}", With(target.Bare(method, "/mcp"), target).Replace(target.Victim, target.Foreign), Expectation.BrokenHttp);
        }

        foreach (var path in new[] { "/", "/mcp/", "/mcp/x", "/mcp/../mcp/x", "/MCP2", "/mcp%2f", "/mcp%00", "/%2e%2e/%2e%2e/etc/passwd", "/ops", "/mcp;x=1", "//mcp", "/.well-known/x" })
        {
            yield return new($"path {path}", target.Bare("POST", path).With("Mcp-Session-Id", target.Foreign).Body(Target.Increment).With("Content-Type", "application/json").ToBytes(),
                Expectation.BrokenHttp);
        }

        foreach (var type in s_contentTypes)
        {
            yield return new($"Content-Type {type}", target.Post(target.Victim).With("Content-Type", type).Body(Target.Increment).ToBytes(), Expectation.Status(415));
        }

        yield return new("no Content-Type", target.Post(target.Victim).Without("Content-Type").Body(Target.Increment).ToBytes(), Expectation.Status(415));
        yield return new("two Content-Types", target.Post(target.Victim).And("Content-Type", "text/plain").Body(Target.Increment).ToBytes(), Expectation.Status(415));
        foreach (var coding in new[] { "gzip", "br", "deflate", "identity, gzip", "x", "gzip, gzip, gzip" })
        {
            yield return new($"Content-Encoding {coding}", target.Post(target.Victim).With("Content-Encoding", coding).Body(Target.Increment).ToBytes(), Expectation.Status(415));
        }

        foreach (var accept in s_accepts)
        {
            yield return new($"Accept {accept}", target.Post(target.Foreign).With("Accept", accept).Body(Target.Increment).ToBytes(), Expectation.OneOf(404, 406));
            yield return new($"GET, Accept {accept}", target.Get(target.Foreign).With("Accept", accept).ToBytes(), Expectation.OneOf(404, 406));
        }

        foreach (var credential in s_credentials)
        {
            yield return new($"Authorization {credential}", target.Post(target.Victim).With("Authorization", credential).Body(Target.Increment).ToBytes(), Expectation.Status(401).With(credential));
            yield return new($"DELETE, Authorization {credential}", target.Delete(target.Victim).With("Authorization", credential).ToBytes(), Expectation.Status(401).With(credential));
        }

        yield return new("two credentials", target.Post(target.Victim).And("Authorization", "Bearer demo-bob").Body(Target.Increment).ToBytes(), Expectation.Status(401));
        yield return new("a key in the query", target.Bare("POST", "/mcp?access_token=demo-alice&key=demo-alice").Without("Authorization")
            .With("Mcp-Session-Id", target.Victim).With("Content-Type", "application/json").Body(Target.Increment).ToBytes(), Expectation.Status(401));
        foreach (var origin in s_origins)
        {
            yield return new($"Origin {origin}", target.Post(target.Victim).With("Origin", origin).Body(Target.Increment).ToBytes(), Expectation.Status(403).With(origin));
            yield return new($"GET, Origin {origin}", target.Get(target.Victim).With("Origin", origin).ToBytes(), Expectation.Status(403).With(origin));
        }

        foreach (var host in s_hosts)
        {
            yield return new($"Host {host}", target.Post(target.Victim).With("Host", host).Body(Target.Increment).ToBytes(), Expectation.Status(403));
        }
    }

    private static byte[] With(RequestText request, Target target) => request.With("Mcp-Session-Id", target.Victim)
        .With("Content-Type", "application/json").With("Accept", "application/json, text/event-stream").Body(Target.Increment).ToBytes();

    private static byte[] Replace(this byte[] request, string what, string with) => System.Text.Encoding.Latin1.GetBytes(
        System.Text.Encoding.Latin1.GetString(request).Replace(what, with, StringComparison.Ordinal));
}
