using System.Text;

namespace OrleansMcp.Tests.Hostile.Corpus;

/// <summary>Too much of something: bodies, names, keys, elements, headers.</summary>
internal static class Sizes
{
    private const int Limit = 4 * 1024 * 1024;

    // A server that stops reading may close before the client has read the reply: then the reset is the reply.
    private static readonly Expectation s_tooLarge = Expectation.Http(413);

    public static IEnumerable<HostileRequest> Of(Target target)
    {
        foreach (var length in new[] { Limit + 1, Limit + 65_536, 2 * Limit })
        {
            yield return new($"a body of {length} bytes", () => target.Post(target.Victim).Body(Padded(length)).ToBytes(), s_tooLarge);
            yield return new($"a body of {length} bytes in chunks", () => target.Post(target.Victim).Chunks(InChunks(length)).ToBytes(), s_tooLarge);
            yield return new($"a body of {length} bytes that does not come", () => target.Post(target.Victim).With("Content-Length", $"{length}").ToBytes(), s_tooLarge);
        }

        yield return new("4 MiB of blanks", () => target.Post(target.Victim).Body(new string(' ', Limit)).ToBytes(), Expectation.Refused(-32700));
        yield return new("4 MiB of text to echo", () => target.Post(target.Scratch).Body(
            Target.Echo.Replace("hello", new string('x', Limit - Target.Echo.Length), StringComparison.Ordinal)).ToBytes(), Expectation.OneOf(200));
        yield return new("4 MiB of escapes to echo", () => target.Post(target.Scratch).Body(
            Target.Echo.Replace("hello", string.Concat(Enumerable.Repeat("\\u0001", 600_000)), StringComparison.Ordinal)).ToBytes(), Expectation.Anything);
        yield return new("200,000 keys", () => target.Post(target.Victim).Body(
            Target.Increment.Replace("\"by\":1", "\"by\":\"x\"," + string.Join(',', Enumerable.Range(0, 200_000).Select(i => $"\"k{i}\":{i}")), StringComparison.Ordinal)).ToBytes(),
            Expectation.OneOf(413));
        yield return new("1,000,000 elements", () => target.Post(target.Victim).Body(
            Target.Increment.Replace("\"by\":1", "\"by\":[" + string.Join(',', Enumerable.Repeat("1", 1_000_000)) + "]", StringComparison.Ordinal)).ToBytes(),
            Expectation.OneOf(413));
        yield return new("initialize with 1 MiB of capabilities", () => target.Opening().Body(
            Target.Initialize.Replace("\"roots\":{}", $"\"experimental\":{{\"{new string('c', 1 << 20)}\":{{}}}}", StringComparison.Ordinal)).ToBytes(), Expectation.Refused(-32602));
        yield return new("initialize with 1 MiB of name", () => target.Opening().Body(
            Target.Initialize.Replace("\"raw\"", $"\"{new string('n', 1 << 20)}\"", StringComparison.Ordinal)).ToBytes(), Expectation.Refused(-32602));
        foreach (var length in new[] { 129, 5_000, 1 << 20 })
        {
            var name = new string('m', length);
            yield return new($"a method of {length}", () => target.Post(target.Victim).Body(Target.Ping.Replace("ping", name, StringComparison.Ordinal)).ToBytes(),
                Expectation.Refused(-32600));
            yield return new($"a tool name of {length}", () => target.Post(target.Victim).Body(Target.Increment.Replace("increment", name, StringComparison.Ordinal)).ToBytes(),
                Expectation.AnyFailure);
            yield return new($"a key of {length}", () => target.Post(target.Victim).Body(Target.Increment.Replace("\"by\"", $"\"{name}\":1,\"by\":[],\"c\"", StringComparison.Ordinal)).ToBytes(),
                Expectation.AnyFailure);
            yield return new($"a URI of {length}", () => target.Post(target.Victim).Body(
                $$$"""{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"demo://{{{name}}}"}}""").ToBytes(), Expectation.AnyFailure);
            yield return new($"a subscription to a URI of {length}", () => target.Post(target.Scratch).Body(
                $$$"""{"jsonrpc":"2.0","id":1,"method":"resources/subscribe","params":{"uri":"demo://{{{name}}}"}}""").ToBytes(), Expectation.Anything);
        }

        yield return new("an id of 300", () => target.Post(target.Victim).Body(Target.Increment.Replace("7", $"\"{new string('i', 300)}\"", StringComparison.Ordinal)).ToBytes(),
            Expectation.Refused(-32600));
        yield return new("a request state of 1 MiB", () => target.Modern("tools/call", "increment").Body(
            Target.ModernIncrement.Replace("\"arguments\"", $"\"requestState\":\"{new string('s', 1 << 20)}\",\"arguments\"", StringComparison.Ordinal)).ToBytes(),
            Expectation.Refused(-32602));
        yield return new("a handle of 1 MiB", () => target.Modern("tools/call", "whoami").Body(Target.ModernIncrement
            .Replace("increment", "whoami", StringComparison.Ordinal).Replace("\"by\":1", $"\"session\":\"{new string('h', 1 << 20)}\"", StringComparison.Ordinal)).ToBytes(),
            Expectation.AnyFailure);
    }

    private static byte[] Padded(int length)
    {
        var body = new byte[length];
        Array.Fill(body, (byte)' ');
        Encoding.UTF8.GetBytes(Target.Increment).CopyTo(body, 0);
        return body;
    }

    private static string InChunks(int length)
    {
        const int Chunk = 32 * 1024;
        var chunk = $"{Chunk:x}\r\n{new string(' ', Chunk)}\r\n";
        return string.Concat(Enumerable.Repeat(chunk, (length / Chunk) + 1)) + "0\r\n\r\n";
    }
}
