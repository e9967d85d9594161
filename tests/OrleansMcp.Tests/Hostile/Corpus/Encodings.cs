using System.Text;

namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Bodies that are not the UTF-8 they should be, and text that is half a character.</summary>
internal static class Encodings
{
    private static readonly (string Name, byte[] Bytes)[] s_notUtf8 =
    [
        ("a lone continuation", [0x80]), ("a lead byte alone", [0xC3]), ("an overlong slash", [0xC0, 0xAF]), ("an overlong NUL", [0xC0, 0x80]),
        ("an overlong quote", [0xE0, 0x80, 0xA2]), ("a high surrogate", [0xED, 0xA0, 0x80]), ("a low surrogate", [0xED, 0xB0, 0x80]),
        ("a pair as CESU-8", [0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80]), ("above U+10FFFF", [0xF4, 0x90, 0x80, 0x80]), ("five bytes", [0xF8, 0x88, 0x80, 0x80, 0x80]),
        ("0xFF", [0xFF]), ("0xFE 0xFF", [0xFE, 0xFF]), ("cut short", [0xF0, 0x9F, 0x98]), ("Latin-1", [0xE9]),
    ];

    private static readonly string[] s_halves = ["\\ud800", "\\udc00", "\\ud800x", "\\udc00\\ud800", "\\ud800\\ud800", "\\uD83D\\u0041", "x\\udfff"];

    private static readonly string[] s_badEscapes = ["\\x", "\\u", "\\u12", "\\u12g4", "\\U0041", "\\'", "\\0", "\\", "\\ud8", "\\u{41}"];

    public static IEnumerable<HostileRequest> Of(Target target) =>
    [
        .. NotUtf8(target), .. Escapes(target), .. ControlCharacters(target), .. OtherEncodings(target),
    ];

    private static IEnumerable<HostileRequest> NotUtf8(Target target)
    {
        foreach (var (name, bytes) in s_notUtf8)
        {
            foreach (var place in new[] { "increment", "by", "method", "jsonrpc", "tools/call", "}" })
            {
                yield return new($"{name} in front of {place}", Post(target, Insert(Target.Increment, place, bytes)), Expectation.Refused(-32700));
            }

            yield return new($"{name} after the message", Post(target, [.. Encoding.UTF8.GetBytes(Target.Increment), .. bytes]), Expectation.Refused(-32700));
            yield return new($"2026: {name}", target.Modern("tools/call", "increment").Body(Insert(Target.ModernIncrement, "by", bytes)).ToBytes(),
                Expectation.Refused(-32700));
        }
    }

    private static IEnumerable<HostileRequest> Escapes(Target target)
    {
        foreach (var escape in s_halves.Concat(s_badEscapes))
        {
            foreach (var body in new[]
            {
                $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment","arguments":{"x":"{{{{escape}}}}"}}}""",
                $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"increment","arguments":{"{{{{escape}}}}":1}}}""",
                $$$$"""{"jsonrpc":"2.0","id":"{{{{escape}}}}","method":"tools/call","params":{"name":"increment"}}""",
                $$$$"""{"jsonrpc":"2.0","id":1,"method":"{{{{escape}}}}","params":{"name":"increment"}}""",
                $$$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"{{{{escape}}}}"}}""",
                $$$$"""{"jsonrpc":"2.0","id":1,"{{{{escape}}}}":1,"method":"tools/call","params":{"name":"increment"}}""",
            })
            {
                yield return new($"escape in {body}", Post(target, Encoding.UTF8.GetBytes(body)), Expectation.Refused(-32700));
            }
        }
    }

    private static IEnumerable<HostileRequest> ControlCharacters(Target target)
    {
        for (var code = 0; code < 0x20; code++)
        {
            yield return new($"raw U+{code:x4} in a string", Post(target, Insert(Target.Increment, "increment", [(byte)code])), Expectation.Refused(-32700));
            if (code is not ('\t' or '\n' or '\r'))
            {
                yield return new($"raw U+{code:x4} between tokens", Post(target, Insert(Target.Increment, "\"method\"", [(byte)code])), Expectation.Refused(-32700));
            }

            var escaped = Target.Echo.Replace("hello", $"\\u{code:x4}", StringComparison.Ordinal);
            yield return new($"escaped U+{code:x4}", target.Post(target.Scratch).Body(escaped).ToBytes(), Expectation.OneOf(200));
        }
    }

    private static IEnumerable<HostileRequest> OtherEncodings(Target target)
    {
        foreach (var encoding in new[] { Encoding.Unicode, Encoding.BigEndianUnicode, Encoding.UTF32 })
        {
            var body = encoding.GetBytes(Target.Increment);
            yield return new($"{encoding.WebName}", Post(target, body), Expectation.Refused(-32700));
            yield return new($"{encoding.WebName} with its mark", Post(target, [.. encoding.GetPreamble(), .. body]), Expectation.Refused(-32700));
        }

        byte[] mark = [0xEF, 0xBB, 0xBF];
        yield return new("UTF-8 with a mark", target.Post(target.Scratch).Body([.. mark, .. Encoding.UTF8.GetBytes(Target.Echo)]).ToBytes(), Expectation.OneOf(200, 400));
        yield return new("a mark alone", Post(target, mark), Expectation.Refused(-32700));
        yield return new("a mark in the middle", Post(target, Insert(Target.Increment, "\"method\"", mark)), Expectation.Refused(-32700));
        yield return new("UTF-7", Post(target, "+AHsAIg-jsonrpc"u8.ToArray()), Expectation.Refused(-32700));
        yield return new("gzip that says nothing of it", Post(target, [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]), Expectation.Refused(-32700));
        for (var length = 1; length <= 64; length *= 2)
        {
            yield return new($"{length} NUL bytes", Post(target, new byte[length]), Expectation.Refused(-32700));
        }
    }

    private static byte[] Insert(string body, string before, byte[] bytes)
    {
        var at = body.IndexOf(before, StringComparison.Ordinal);
        return [.. Encoding.UTF8.GetBytes(body[..at]), .. bytes, .. Encoding.UTF8.GetBytes(body[at..])];
    }

    private static byte[] Post(Target target, byte[] body) => target.Post(target.Victim).Body(body).ToBytes();
}
