using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Authorization.Policies.Arguments;
using OrleansMcp.Protocol;
using OrleansMcp.Tools;

namespace OrleansMcp.Upstreams;

/// <summary>The definition of a tool as its server lists it.</summary>
/// <param name="Tool">What it says.</param>
/// <param name="Digest">
/// SHA-256 over all that a model or a client reads of it: everything but <c>_meta</c> and <c>icons</c>, whatever the order of keys.
/// </param>
/// <param name="Json">The same as JSON, for operators to read.</param>
internal sealed record ToolDefinition(Tool Tool, string Digest, string Json)
{
    private const int LongestName = 256;

    /// <summary>Reads one entry of a list. Null when it is none that could be offered.</summary>
    public static ToolDefinition? Read(JsonElement listed)
    {
        try
        {
            if (listed.ValueKind != JsonValueKind.Object || listed.Deserialize(Wire.Type<Tool>()) is not { Name.Length: > 0 and <= LongestName } tool
                || tool.InputSchema.ValueKind != JsonValueKind.Object || HasOurArgument(tool.InputSchema))
            {
                return null;
            }

            var judged = JsonObject.Create(listed)!;
            judged.Remove("_meta");
            judged.Remove("icons");
            var element = JsonSerializer.SerializeToElement(judged, Wire.Type<JsonObject>());
            return new ToolDefinition(tool, ArgumentDigest.Of(element), element.GetRawText());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null; // Two members of one name, or one of another type than the protocol says.
        }
    }

    /// <summary>The tool as it is listed here, by another name, and without what its server wants in headers: this server sends those.</summary>
    public Tool Shown(string server, string name)
    {
        var renamed = name != UpstreamNames.PrefixOf(server) + Tool.Name;
        var shown = ToolListings.Copy(Tool, WithoutHeaders(Tool.InputSchema), Tool.OutputSchema);
        shown.Name = name;
        shown.Description = renamed ? $"{Tool.Description} (Its server calls it '{Tool.Name}'.)".TrimStart() : Tool.Description;
        return shown;
    }

    /// <summary>Whether it has the argument by which calls name a session here: a tool that wants it for itself cannot be called.</summary>
    private static bool HasOurArgument(JsonElement schema) =>
        schema.TryGetProperty("properties"u8, out var properties) && properties.ValueKind == JsonValueKind.Object
        && properties.TryGetProperty(SessionHandles.ArgumentOfServers, out _);

    private static JsonElement WithoutHeaders(JsonElement schema)
    {
        if (!schema.GetRawText().Contains(HeaderParameter.Keyword, StringComparison.Ordinal))
        {
            return schema;
        }

        var node = JsonNode.Parse(schema.GetRawText());
        Remove(node);
        return JsonSerializer.SerializeToElement(node!, Wire.Type<JsonNode>());

        static void Remove(JsonNode? node)
        {
            if (node is JsonObject members && members[HeaderParameter.Keyword] is JsonValue)
            {
                members.Remove(HeaderParameter.Keyword); // A parameter of this name has a schema there, which is no value.
            }

            IEnumerable<JsonNode?> inner = node switch
            {
                JsonObject all => all.Select(static member => member.Value),
                JsonArray items => items,
                _ => [],
            };
            foreach (var one in inner.ToArray())
            {
                Remove(one);
            }
        }
    }
}
