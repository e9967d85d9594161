using System.Net.Http.Headers;

namespace OrleansMcp.Upstream.Connections;

/// <summary>A request to a server, which may have to be sent twice.</summary>
/// <param name="Method">The HTTP method.</param>
/// <param name="Accept">What may answer it; null: anything.</param>
/// <param name="Headers">The headers of its era.</param>
/// <param name="Body">A JSON-RPC message, for POST.</param>
/// <param name="LastEventId">The event after which a stream goes on; null or empty for none.</param>
internal readonly record struct OutgoingRequest(
    HttpMethod Method, string? Accept, ConversationHeaders Headers, ReadOnlyMemory<byte> Body = default, string? LastEventId = null)
{
    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    public HttpRequestMessage ToMessage(Uri url)
    {
        var message = new HttpRequestMessage(Method, url);
        if (Method == HttpMethod.Post)
        {
            message.Content = new ReadOnlyMemoryContent(Body);
            message.Content.Headers.ContentType = s_json;
        }

        if (Accept is not null)
        {
            message.Headers.TryAddWithoutValidation("Accept", Accept);
        }

        if (!string.IsNullOrEmpty(LastEventId))
        {
            message.Headers.TryAddWithoutValidation("Last-Event-ID", LastEventId);
        }

        Headers.AddTo(message.Headers);
        return message;
    }
}
