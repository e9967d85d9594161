using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Tests.Upstreams;

/// <summary>One HTTP request as an upstream server received it.</summary>
internal sealed class ReceivedRequest
{
    private ReceivedRequest(HttpRequest request, byte[] body)
    {
        Verb = request.Method;
        Target = request.Path + request.QueryString;
        Headers = request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        Body = body;
        Methods = MethodsOf(body) is { Count: > 0 } methods ? methods : [Verb];
    }

    /// <summary>The HTTP method.</summary>
    public string Verb { get; }

    public string Target { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public byte[] Body { get; }

    public string Text => Encoding.UTF8.GetString(Body);

    /// <summary>What it asks for: JSON-RPC methods, several for a batch; <c>response</c> for an answer; the HTTP method where the body is no JSON-RPC.</summary>
    public IReadOnlyList<string> Methods { get; }

    /// <summary>The SHA-256 of the value of the Authorization header, in hex; null without one.</summary>
    public string? AuthorizationHash => Headers.TryGetValue("Authorization", out var value) ? HashOf(value) : null;

    /// <summary>What it takes in memory, bytes, about.</summary>
    public int Size => Body.Length + Target.Length + Headers.Sum(header => header.Key.Length + header.Value.Length);

    public static string HashOf(string value) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(value)));

    /// <summary>Reads a request to its end, and leaves it to be read again.</summary>
    public static async Task<ReceivedRequest> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        body.Position = 0;
        request.Body = body;
        return new ReceivedRequest(request, body.ToArray());
    }

    /// <summary>Whether a text is somewhere in it.</summary>
    public bool Contains(string text) =>
        Target.Contains(text, StringComparison.Ordinal)
        || Headers.Any(header => header.Key.Contains(text, StringComparison.OrdinalIgnoreCase) || header.Value.Contains(text, StringComparison.Ordinal))
        || Body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;

    private static List<string> MethodsOf(byte[] body)
    {
        try
        {
            using var message = JsonDocument.Parse(body);
            return message.RootElement.ValueKind switch
            {
                JsonValueKind.Array => [.. message.RootElement.EnumerateArray().Select(MethodOf)],
                JsonValueKind.Object => [MethodOf(message.RootElement)],
                _ => [],
            };
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private static string MethodOf(JsonElement message) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty("method", out var method) && method.ValueKind == JsonValueKind.String
            ? method.GetString()!
            : "response";
}
