using System.Text.Json;

namespace OrleansMcp.Upstreams;

/// <summary>The result of a request, readable until it is disposed.</summary>
internal sealed class UpstreamResult(JsonDocument message, JsonElement value) : IDisposable
{
    /// <summary>The member <c>result</c>, an object.</summary>
    public JsonElement Value => value;

    public void Dispose() => message.Dispose();
}
