using System.Text.Json;
using OrleansMcp.Configuration;

namespace OrleansMcp.Protocol;

/// <summary>
/// What it takes to parse and to hold a JSON text: its bytes and its tokens. Counted in one pass that allocates nothing, so that a text that
/// takes too much is refused before anything is made of it.
/// </summary>
/// <param name="Bytes">Bytes of UTF-8.</param>
/// <param name="Tokens">Values, keys, and beginnings and ends of objects and arrays.</param>
public readonly record struct JsonCost(int Bytes, int Tokens)
{
    /// <summary>Bytes up to which a text is not counted: its request takes more than it.</summary>
    public const int Small = 1024;

    /// <summary>Bytes from which on it is worth counting how long a text takes, and letting it wait for its turn.</summary>
    public const int Large = 16 * 1024;

    /// <summary>What a request takes beside its body: objects of the server and of the session, headers, a buffer.</summary>
    public const int Request = 16 * 1024;

    // JsonDocument keeps 12 bytes of each token, in a buffer that doubles as it grows.
    private const int HeldPerToken = 24;

    // The text, and what is read from it.
    private const int HeldPerByte = 2;

    /// <summary>The bytes that a request with this body holds.</summary>
    public long Held => Request + (Bytes <= Small ? 0 : ((long)HeldPerByte * Bytes) + ((long)HeldPerToken * Tokens));

    /// <summary>Counts. False when the text exceeds <paramref name="limits"/> or is no JSON.</summary>
    /// <param name="utf8">The text.</param>
    /// <param name="limits">What it may consist of.</param>
    /// <param name="cost">What it takes.</param>
    /// <param name="problem">What is wrong with it, for its sender; null when it is no JSON, which the parser explains.</param>
    public static bool TryMeasure(ReadOnlySpan<byte> utf8, JsonLimits limits, out JsonCost cost, out JsonProblem? problem)
    {
        (cost, problem) = (new JsonCost(utf8.Length, 0), null);
        if (utf8.Length <= Small && limits.MaxDepth >= McpMessageParser.MaxDepth)
        {
            return true;
        }

        var (tokens, keys) = (0, 0);
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = limits.MaxDepth + 1 });
        try
        {
            while (reader.Read())
            {
                keys += reader.TokenType == JsonTokenType.PropertyName ? 1 : 0;
                if (++tokens > limits.MaxTokens)
                {
                    problem = JsonProblem.TooLarge($"The body consists of more than {limits.MaxTokens} JSON tokens.");
                    return false;
                }

                if (reader.CurrentDepth >= limits.MaxDepth && reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    problem = JsonProblem.Malformed($"The body nests deeper than {limits.MaxDepth} levels.");
                    return false;
                }

                if (keys > limits.MaxKeys)
                {
                    problem = JsonProblem.TooLarge($"The body has more than {limits.MaxKeys} keys.");
                    return false;
                }
            }
        }
        catch (JsonException)
        {
            return false;
        }

        cost = new JsonCost(utf8.Length, tokens);
        return true;
    }

    /// <summary>What a message takes that was checked before.</summary>
    public static JsonCost Of(ReadOnlySpan<byte> utf8) =>
        TryMeasure(utf8, Unlimited, out var cost, out _) ? cost : new JsonCost(utf8.Length, utf8.Length);

    private static JsonLimits Unlimited { get; } = new() { MaxTokens = int.MaxValue, MaxKeys = int.MaxValue };
}

/// <summary>Why a text is not parsed.</summary>
/// <param name="Error">What is wrong, for its sender.</param>
/// <param name="Status">The HTTP status: 400 or 413.</param>
public sealed record JsonProblem(McpParseError Error, int Status)
{
    internal static JsonProblem Malformed(string message) => new(new McpParseError(RpcError.ParseError, message), Status: 400);

    internal static JsonProblem TooLarge(string message) => new(new McpParseError(RpcError.InvalidRequest, message), Status: 413);
}
