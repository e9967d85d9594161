using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Http.Endpoint;

/// <summary>Reads bodies. Allocates no buffer for bytes that a client has announced and not sent.</summary>
internal static class RequestBody
{
    private const string Json = "application/json";

    /// <summary>Whether the body is JSON in UTF-8 and not encoded otherwise; everything else is 415.</summary>
    public static bool IsJson(HttpRequest request)
    {
        var type = request.ContentType;
        if (type is null || request.Headers.ContentEncoding.Count > 0 || !type.StartsWith(Json, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return type.Length == Json.Length
            || (Microsoft.Net.Http.Headers.MediaTypeHeaderValue.TryParse(type, out var parsed)
                && parsed.MediaType.Equals(Json, StringComparison.OrdinalIgnoreCase)
                && (parsed.Charset.Length == 0 || parsed.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
                    || parsed.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase)));
    }

    /// <exception cref="BadHttpRequestException">The body is too large, too slow or incomplete.</exception>
    public static async ValueTask<byte[]> ReadAsync(HttpRequest request)
    {
        var reader = request.BodyReader;
        while (true)
        {
            var result = await ReadAsync(reader);
            if (result.IsCompleted)
            {
                var body = result.Buffer.ToArray();
                reader.AdvanceTo(result.Buffer.End);
                return body;
            }

            reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    // Not cancelled when the client disconnects: Kestrel ends the read itself, and could not drain the body while a cancelled read is pending.
    private static async ValueTask<ReadResult> ReadAsync(PipeReader reader)
    {
        try
        {
            return await reader.ReadAsync();
        }
        catch (IOException e) when (e is not BadHttpRequestException)
        {
            throw new BadHttpRequestException("The body broke off.", StatusCodes.Status400BadRequest, e);
        }
    }
}
