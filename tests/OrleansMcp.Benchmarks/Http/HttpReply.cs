using System.Buffers.Text;

namespace OrleansMcp.Benchmarks.Http;

/// <summary>A reply. Its bytes are valid until the next request on the same connection.</summary>
internal readonly record struct HttpReply(int Status, ReadOnlyMemory<byte> Head, ReadOnlyMemory<byte> Body)
{
    /// <summary>The value of a header, trimmed; empty when it is absent.</summary>
    public ReadOnlySpan<byte> Header(ReadOnlySpan<byte> name) => Find(Head.Span, name);

    /// <summary>The JSON of the reply, also where it came as an event stream: then that of the last event.</summary>
    public ReadOnlySpan<byte> Json
    {
        get
        {
            var body = Body.Span;
            if (body.IsEmpty || body[0] == '{' || body[0] == '[')
            {
                return body;
            }

            var start = body.LastIndexOf("data: "u8);
            if (start < 0)
            {
                return body;
            }

            var data = body[(start + "data: "u8.Length)..];
            var end = data.IndexOf((byte)'\n');
            return end < 0 ? data : data[..end];
        }
    }

    public override string ToString() =>
        $"{Status} {Encoding.UTF8.GetString(Body.Span[..Math.Min(Body.Length, 300)])}";

    internal static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        while (!head.IsEmpty)
        {
            var end = head.IndexOf("\r\n"u8);
            var line = end < 0 ? head : head[..end];
            head = end < 0 ? [] : head[(end + 2)..];
            if (line.Length > name.Length && line[name.Length] == (byte)':' && Ascii.EqualsIgnoreCase(line[..name.Length], name))
            {
                return line[(name.Length + 1)..].Trim((byte)' ');
            }
        }

        return [];
    }

    internal static int Number(ReadOnlySpan<byte> digits, char format = 'D') =>
        Utf8Parser.TryParse(digits, out int value, out var used, format) && used > 0
            ? value
            : throw new InvalidDataException($"Not a number: {Encoding.ASCII.GetString(digits)}");
}
