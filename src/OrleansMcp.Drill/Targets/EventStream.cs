using System.Text;
using System.Text.Json.Nodes;

namespace OrleansMcp.Drill.Targets;

/// <summary>Reads a stream of server-sent events.</summary>
internal static class EventStream
{
    public const string MediaType = "text/event-stream";

    /// <summary>Returns the message that answers the request, and what the progress said that came before it.</summary>
    /// <exception cref="IOException">The stream ended before the answer.</exception>
    public static async Task<(string Answer, IReadOnlyList<string> Progress)> ReadAnswerAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8);
        List<string> progress = [];
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!line.StartsWith("data:", StringComparison.Ordinal) || line[5..].Trim() is not { Length: > 0 } data || JsonNode.Parse(data) is not JsonObject message)
            {
                continue;
            }

            if (message.ContainsKey("id") && (message.ContainsKey("result") || message.ContainsKey("error")))
            {
                return (data, progress);
            }

            if (message["params"] is JsonObject parameters && parameters.ContainsKey("progressToken") && parameters["message"] is { } text)
            {
                progress.Add(text.ToString());
            }
        }

        throw new IOException("The stream ended before the answer.");
    }
}
