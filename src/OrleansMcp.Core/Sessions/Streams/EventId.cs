using System.Globalization;

namespace OrleansMcp.Sessions.Streams;

/// <summary>
/// An SSE event id: <c>life-stream-sequence</c>. The life is random and new with every activation, so ids never repeat within a session
/// and say nothing about its id; the stream part lets a resume replay that stream and no other (2025-11-25, Resumability).
/// </summary>
internal static class EventId
{
    public static string Format(string life, long stream, long sequence) =>
        string.Create(CultureInfo.InvariantCulture, $"{life}-{stream}-{sequence}");

    public static bool TryParse(string text, out string life, out long stream, out long sequence)
    {
        (life, stream, sequence) = ("", 0, 0);
        var parts = text.Split('-', 4);
        if (parts.Length != 3
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out stream)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out sequence))
        {
            return false;
        }

        life = parts[0];
        return true;
    }
}
