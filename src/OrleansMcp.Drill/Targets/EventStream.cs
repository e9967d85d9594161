using System.Text;
using System.Text.Json;

namespace OrleansMcp.Drill.Targets;

/// <summary>Reads a stream of server-sent events.</summary>
internal static class EventStream
{
    public const string MediaType = "text/event-stream";

    /// <summary>Returns the message that answers the request; the messages before it are notifications.</summary>
    /// <exception cref="IOException">The stream ended before the answer.</exception>
    public static async Task<string> ReadAnswerAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.StartsWith("data:", StringComparison.Ordinal) && line[5..].Trim() is { Length: > 0 } data && IsAnswer(data))
            {
                return data;
            }
        }

        throw new IOException("The stream ended before the answer.");
    }

    private static bool IsAnswer(string data)
    {
        using var message = JsonDocument.Parse(data);
        return message.RootElement.TryGetProperty("id", out _)
            && (message.RootElement.TryGetProperty("result", out _) || message.RootElement.TryGetProperty("error", out _));
    }
}
