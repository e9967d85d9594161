using System.Globalization;
using System.Text;

namespace OrleansMcp.Tests.Hostile;

/// <summary>What came back on a socket, read leniently: the bytes may end anywhere.</summary>
internal sealed class HttpAnswer
{
    private HttpAnswer(int status, IReadOnlyDictionary<string, string> headers, string body, bool isComplete)
    {
        Status = status;
        Headers = headers;
        Body = body;
        IsComplete = isComplete;
    }

    /// <summary>The status; 0 when no reply came, or something that is none.</summary>
    public int Status { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public string Body { get; }

    /// <summary>Whether the reply says of itself that it is all there.</summary>
    public bool IsComplete { get; }

    public bool IsStream => Header("Content-Type").StartsWith("text/event-stream", StringComparison.OrdinalIgnoreCase);

    public string Header(string name) => Headers.GetValueOrDefault(name, "");

    public static HttpAnswer Parse(ReadOnlySpan<byte> received)
    {
        var text = Encoding.Latin1.GetString(received);
        int end;
        while ((end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal)) >= 0 && text.StartsWith("HTTP/1.1 100", StringComparison.Ordinal))
        {
            text = text[(end + 4)..]; // an interim reply
        }

        if (end < 0 || !text.StartsWith("HTTP/1.", StringComparison.Ordinal)
            || !int.TryParse(text.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            return new HttpAnswer(0, new Dictionary<string, string>(StringComparer.Ordinal), text, isComplete: false);
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in text[..end].Split("\r\n")[1..])
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..Math.Max(colon, 0)]] = line[(colon + 1)..].Trim();
        }

        var (body, complete) = ReadBody(text[(end + 4)..], headers);
        return new HttpAnswer(status, headers, Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(body)), complete);
    }

    private static (string Body, bool IsComplete) ReadBody(string rest, Dictionary<string, string> headers)
    {
        if (headers.GetValueOrDefault("Transfer-Encoding") != "chunked")
        {
            return headers.TryGetValue("Content-Length", out var value) && int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                ? (rest[..Math.Min(length, rest.Length)], rest.Length >= length)
                : (rest, false);
        }

        var body = new StringBuilder();
        while (rest.IndexOf("\r\n", StringComparison.Ordinal) is var at and >= 0
            && int.TryParse(rest.AsSpan(0, at), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var size))
        {
            if (size == 0)
            {
                return (body.ToString(), true);
            }

            body.Append(rest, at + 2, Math.Min(size, rest.Length - at - 2));
            rest = rest.Length >= at + 4 + size ? rest[(at + 4 + size)..] : "";
        }

        return (body.ToString(), false);
    }
}
