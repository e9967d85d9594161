using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace OrleansMcp.Http.Endpoint;

/// <summary>
/// The media types that a client accepts. The protocol requires clients to accept both JSON and event streams; some send no Accept header
/// or only one type, and get an answer of a type that they accept.
/// </summary>
internal readonly record struct AcceptedTypes(bool Json, bool Stream)
{
    private const string Usual = "application/json, text/event-stream";

    public static AcceptedTypes Of(HttpRequest request)
    {
        var header = request.Headers.Accept;
        if (header.Count == 0 || (header.Count == 1 && header[0] == Usual))
        {
            return new(Json: true, Stream: true);
        }

        if (!MediaTypeHeaderValue.TryParseList(header, out var types))
        {
            return default;
        }

        var (json, stream) = (false, false);
        foreach (var type in types)
        {
            if (type.Quality is not 0)
            {
                json |= type.MatchesMediaType("application/json");
                stream |= type.MatchesMediaType("text/event-stream");
            }
        }

        return new(json, stream);
    }
}
