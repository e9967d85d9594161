using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace OrleansMcp.Upstreams;

/// <summary>A request to a server.</summary>
internal abstract class UpstreamRequest(string method)
{
    public string Method => method;

    /// <summary>What 2026-07-28 repeats in the header <c>Mcp-Name</c>; null for methods without.</summary>
    public virtual string? Name => null;

    /// <summary>The further headers of 2026-07-28, from the arguments.</summary>
    public virtual IEnumerable<KeyValuePair<string, string>> Headers => [];

    /// <summary>Writes the members of <c>params</c>, without <c>_meta</c>.</summary>
    public abstract void WriteParams(Utf8JsonWriter writer);
}

/// <summary>A request for one page of a list.</summary>
internal sealed class UpstreamListRequest(string method, string? cursor) : UpstreamRequest(method)
{
    public override void WriteParams(Utf8JsonWriter writer)
    {
        if (cursor is not null)
        {
            writer.WriteString("cursor"u8, cursor);
        }
    }
}

/// <summary>A request whose params are at hand.</summary>
internal sealed class UpstreamPlainRequest(string method, JsonObject parameters, string? name = null) : UpstreamRequest(method)
{
    public override string? Name => name;

    public override void WriteParams(Utf8JsonWriter writer)
    {
        foreach (var (key, value) in parameters)
        {
            writer.WritePropertyName(key);
            if (value is null)
            {
                writer.WriteNullValue();
            }
            else
            {
                value.WriteTo(writer);
            }
        }
    }
}
