namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Session ids that nobody issued, that were issued to somebody else, and that no header should carry.</summary>
internal static class SessionIds
{
    private static readonly string[] s_bogus =
    [
        "x", "0", "-1", "null", "undefined", "true", ".", "..", "...", "..%2f..%2fetc", "../../sessions", "/etc/passwd", "C:\\x", "a.b.c", "..a.b", "a..b", "a.b.", "*", "%",
        "'; DROP TABLE sessions; --", "${jndi:ldap://127.0.0.1/x}", "{{7*7}}", "<script>alert(1)</script>", "\u00e9\u00e8", "\u00ff\u00ff", "a b", "a,b", "a;b", "\"a\"", "=?base64?YQ==?=",
        "00000000-0000-0000-0000-000000000000", "s-00000000000000000000000000000000", "AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAA",
        new string('a', 73), new string('.', 73), new string('a', 1000), new string('a', 8000), new string('\u00e9', 73), "con", "aux", "lock", "session-id.key",
    ];

    public static IEnumerable<HostileRequest> Of(Target target)
    {
        foreach (var id in s_bogus.Concat(Variations(target.Victim)).Append(target.Foreign))
        {
            yield return new($"POST to {id}", target.Post(id).Body(Target.Increment).ToBytes(), Unknown(id));
            yield return new($"GET of {id}", target.Get(id).ToBytes(), Unknown(id));
            yield return new($"resuming {id}", target.Get(id).With("Last-Event-ID", "a-1-1").ToBytes(), Unknown(id));
            yield return new($"DELETE of {id}", target.Delete(id).ToBytes(), Unknown(id));
        }

        yield return new("POST to nothing", target.Post("").Body(Target.Increment).ToBytes(), Expectation.Status(404, -32001));
        yield return new("DELETE of nothing", target.Delete("").ToBytes(), Expectation.Status(404, -32001));
        yield return new("two sessions", target.Post(target.Victim).And("Mcp-Session-Id", target.Scratch).Body(Target.Increment).ToBytes(), Expectation.Status(404, -32001));
        yield return new("one session twice", target.Post(target.Victim).And("Mcp-Session-Id", target.Victim).Body(Target.Increment).ToBytes(), Expectation.Status(404, -32001));
        // Where no session is looked for, there is none: the caller's principal answers, also a stranger's, and the session is left alone.
        yield return new("a session in the query", target.Bare("POST", "/mcp?sessionId=" + target.Victim).With("Authorization", "Bearer demo-carol").With("Content-Type", "application/json").Body(Target.Increment).ToBytes(),
            Expectation.OneOf(200));
        yield return new("a session in a cookie", target.Opening().With("Authorization", "Bearer demo-carol").With("Cookie", "Mcp-Session-Id=" + target.Victim).Body(Target.Increment).ToBytes(), Expectation.OneOf(200));
        foreach (var key in new[] { "demo-bob", "demo-carol" })
        {
            yield return new($"{key} POST", target.Post(target.Victim).With("Authorization", "Bearer " + key).Body(Target.Increment).ToBytes(), Expectation.Status(404, -32001));
            yield return new($"{key} GET", target.Get(target.Victim).With("Authorization", "Bearer " + key).ToBytes(), Expectation.Status(404, -32001));
            yield return new($"{key} DELETE", target.Delete(target.Victim).With("Authorization", "Bearer " + key).ToBytes(), Expectation.Status(404, -32001));
        }
    }

    private static Expectation Unknown(string id) => Expectation.Status(404, -32001).With(id);

    private static IEnumerable<string> Variations(string id)
    {
        yield return id[..^1];
        yield return id[1..];
        yield return id + "A";
        yield return id + "=";
        yield return id + "." + id;
        yield return "\"" + id + "\"";
        yield return id.ToUpperInvariant();
        yield return id.Replace('.', '-');
        yield return id[..22];
        yield return id[..^27];
        for (var at = 0; at < id.Length; at += 3)
        {
            yield return $"{id[..at]}{(id[at] == 'B' ? 'C' : 'B')}{id[(at + 1)..]}";
        }
    }
}
