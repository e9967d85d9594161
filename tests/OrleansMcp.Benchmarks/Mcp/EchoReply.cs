using System.Text.Json;

namespace OrleansMcp.Benchmarks.Mcp;

/// <summary>
/// Judges replies to <c>echo</c>. The first is parsed and remembered; one that has the same bytes but for id and text is right without
/// parsing, any other is parsed again.
/// </summary>
internal sealed class EchoReply
{
    private byte[] _shape = [];
    private int _id;
    private int _text;

    public bool Answers(ReadOnlySpan<byte> body, ReadOnlySpan<byte> id, ReadOnlySpan<byte> text)
    {
        if (body.Length == _shape.Length && !body.IsEmpty)
        {
            id.CopyTo(_shape.AsSpan(_id));
            text.CopyTo(_shape.AsSpan(_text));
            if (body.SequenceEqual(_shape))
            {
                return true;
            }
        }

        if (!TextResult.TryRead(body.ToArray(), id, out var answer) || !text.SequenceEqual(Encoding.UTF8.GetBytes(answer)))
        {
            return false;
        }

        (_id, _text, _shape) = (body.IndexOf(id), body.IndexOf(text), body.ToArray());
        return true;
    }
}

/// <summary>Reads the text of a tool result.</summary>
internal static class TextResult
{
    public static bool TryRead(byte[] body, ReadOnlySpan<byte> id, out string text)
    {
        text = "";
        try
        {
            using var message = JsonDocument.Parse(body);
            var root = message.RootElement;
            if (!id.SequenceEqual(Encoding.UTF8.GetBytes(root.GetProperty("id"u8).GetRawText()))
                || !root.TryGetProperty("result"u8, out var result)
                || (result.TryGetProperty("isError"u8, out var failed) && failed.GetBoolean()))
            {
                return false;
            }

            text = result.GetProperty("content"u8)[0].GetProperty("text"u8).GetString() ?? "";
            return true;
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or IndexOutOfRangeException)
        {
            return false;
        }
    }
}
