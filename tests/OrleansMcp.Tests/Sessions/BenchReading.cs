using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Streams;
using OrleansMcp.Sessions.ToolCalls;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions;

/// <summary>Reads what parts answer and stream.</summary>
internal static class BenchReading
{
    public static JsonNode Json(this byte[] message) => JsonNode.Parse(message)!;

    public static JsonNode Json(this SessionReply reply) => JsonNode.Parse(reply.Body.Span)!;

    public static string Text(this ToolCallOutcome outcome) => outcome.Result!.Content.OfType<TextContentBlock>().Single().Text;

    /// <summary>The code of the error that answers a request.</summary>
    public static int? ErrorCode(this SessionReply reply) => (int?)reply.Json()["error"]?["code"];

    /// <summary>All messages of a stream that has ended or ends.</summary>
    public static async Task<List<JsonNode>> ReadToEndAsync(this SessionStreams streams, long id)
    {
        List<JsonNode> messages = [];
        await foreach (var item in streams.Set.ReadAsync(new StreamRequest(id), CancellationToken.None))
        {
            if (item.Kind == SessionEventKind.Message)
            {
                messages.Add(JsonNode.Parse(item.Data.Span)!);
            }
        }

        return messages;
    }

    /// <summary>The next message of a stream; the reader leaves with it.</summary>
    public static Task<JsonNode> NextMessageAsync(this SessionStreams streams, long id) => ReadOneAsync(streams, id).InTime("a message came");

    private static async Task<JsonNode> ReadOneAsync(SessionStreams streams, long id)
    {
        await foreach (var item in streams.Set.ReadAsync(new StreamRequest(id), CancellationToken.None))
        {
            if (item.Kind == SessionEventKind.Message)
            {
                return JsonNode.Parse(item.Data.Span)!;
            }
        }

        throw new InvalidOperationException("The stream ended without a message.");
    }
}
