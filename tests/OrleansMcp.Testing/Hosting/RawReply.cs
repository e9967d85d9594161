using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace OrleansMcp.Tests.Hosting;

/// <summary>A whole HTTP reply, JSON or a stream that was read to its end.</summary>
internal sealed class RawReply
{
    private RawReply(HttpResponseMessage response, byte[] body)
    {
        Status = response.StatusCode;
        Body = body;
        ContentType = response.Content.Headers.ContentType?.ToString() ?? "";
        Headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(pair => pair.Key, pair => string.Join(", ", pair.Value), StringComparer.OrdinalIgnoreCase);
    }

    public HttpStatusCode Status { get; }

    public byte[] Body { get; }

    public string ContentType { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    public string Text => Encoding.UTF8.GetString(Body);

    public bool IsStream => ContentType.StartsWith("text/event-stream", StringComparison.Ordinal);

    public JsonNode Json => JsonNode.Parse(Body) ?? throw new InvalidDataException("The body is empty.");

    public string? SessionId => Headers.GetValueOrDefault("Mcp-Session-Id");

    /// <summary>The JSON-RPC answer, however it travelled.</summary>
    public JsonNode Answer => IsStream ? Events.Single(item => item.IsAnswer).Json : Json;

    public JsonNode Result => Answer["result"] ?? throw new InvalidDataException("No result in " + Text);

    public JsonNode Error => Answer["error"] ?? throw new InvalidDataException("No error in " + Text);

    public int ErrorCode => (int)Error["code"]!;

    public bool ToolFailed => (bool?)Result["isError"] == true;

    /// <summary>The text of a tool result.</summary>
    public string ToolText => (string)Result["content"]![0]!["text"]!;

    public IReadOnlyList<SseEvent> Events => field ??= ParseEvents();

    /// <summary>What a caller can tell two refusals apart by: everything but the time of day.</summary>
    public string Fingerprint => $"{(int)Status}\n"
        + string.Concat(Headers.Where(pair => pair.Key != "Date").OrderBy(pair => pair.Key, StringComparer.OrdinalIgnoreCase)
            .Select(pair => $"{pair.Key}: {pair.Value}\n"))
        + "\n" + Convert.ToHexString(Body);

    public static async Task<RawReply> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            return new RawReply(response, await response.Content.ReadAsByteArrayAsync().InTime("the end of a reply"));
        }
    }

    public RawReply Expect(HttpStatusCode status)
    {
        Assert.True(Status == status, $"Expected {(int)status}, got {(int)Status}: {Text}");
        return this;
    }

    private IReadOnlyList<SseEvent> ParseEvents()
    {
        using var reader = new SseReader(new MemoryStream(Body));
        return reader.ToEndAsync().GetAwaiter().GetResult();
    }
}

/// <summary>A reply that is still arriving.</summary>
internal sealed class OpenReply : IDisposable
{
    private readonly HttpResponseMessage _response;

    private OpenReply(HttpResponseMessage response, Stream body)
    {
        _response = response;
        Events = new SseReader(body);
    }

    public HttpStatusCode Status => _response.StatusCode;

    public bool IsStream => _response.Content.Headers.ContentType?.MediaType == "text/event-stream";

    public HttpResponseMessage Response => _response;

    public SseReader Events { get; }

    public static async Task<OpenReply> OfAsync(HttpResponseMessage response)
    {
        if (response.Content.Headers.ContentType?.MediaType != "text/event-stream")
        {
            var text = await response.Content.ReadAsStringAsync();
            throw new InvalidDataException($"Expected a stream, got {(int)response.StatusCode}: {text}");
        }

        return new OpenReply(response, await response.Content.ReadAsStreamAsync());
    }

    /// <summary>Drops the connection.</summary>
    public void Dispose()
    {
        Events.Dispose();
        _response.Dispose();
    }
}
