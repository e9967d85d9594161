using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;

namespace OrleansMcp.Tools;

/// <summary>
/// Before 2026-07-28 a tool's output schema had to describe an object (SEP-2106 lifted that). The SDK wraps such results as
/// <c>{"result": …}</c> for the older revisions; the schemas listed to them must say the same.
/// </summary>
internal static class LegacyOutput
{
    public static Tool Listing(Tool tool)
    {
        if (tool.OutputSchema is not { } schema || DescribesObject(schema))
        {
            return tool;
        }

        var node = JsonNode.Parse(schema.GetRawText());
        if (node is JsonObject nullable && nullable["type"] is JsonArray { Count: 2 } types
            && types.Any(type => (string?)type == "object") && types.Any(type => (string?)type == "null"))
        {
            nullable["type"] = "object";
        }
        else
        {
            MoveReferences(node);
            node = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["result"] = node },
                ["required"] = new JsonArray("result"),
            };
        }

        return ToolListings.Copy(tool, tool.InputSchema, JsonSerializer.SerializeToElement(node));
    }

    private static bool DescribesObject(JsonElement schema) =>
        schema.ValueKind == JsonValueKind.Object && schema.TryGetProperty("type", out var type)
        && type.ValueKind == JsonValueKind.String && type.ValueEquals("object"u8);

    // A schema that moved under #/properties/result takes its absolute references along.
    private static void MoveReferences(JsonNode? node)
    {
        if (node is JsonObject schema)
        {
            if (schema["$ref"] is JsonValue reference && reference.TryGetValue(out string? target) && target.StartsWith('#'))
            {
                schema["$ref"] = "#/properties/result" + target[1..];
            }

            foreach (var (_, value) in schema.ToArray())
            {
                MoveReferences(value);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                MoveReferences(item);
            }
        }
    }
}
