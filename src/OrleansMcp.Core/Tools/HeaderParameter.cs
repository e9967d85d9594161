using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace OrleansMcp.Tools;

/// <summary>
/// A tool parameter that a client repeats in a header (2026-07-28, Custom Headers from Tool Parameters).
/// </summary>
/// <param name="Header">The whole header name, <c>Mcp-Param-…</c>.</param>
/// <param name="Path">The chain of property names from the arguments to the value.</param>
public sealed record HeaderParameter(string Header, IReadOnlyList<string> Path)
{
    /// <summary>Marks a parameter in a schema.</summary>
    internal const string Keyword = "x-mcp-header";

    private const int MaxDepth = 16;

    /// <summary>The value in <paramref name="arguments"/>, or undefined when the call does not give it.</summary>
    public JsonElement ValueIn(JsonElement arguments)
    {
        var value = arguments;
        foreach (var name in Path)
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(name, out value))
            {
                return default;
            }
        }

        return value;
    }

    internal static IReadOnlyList<HeaderParameter> Of(Tool tool)
    {
        List<HeaderParameter> found = [];
        Collect(tool.InputSchema, [], found);
        return found;
    }

    private static void Collect(JsonElement schema, List<string> path, List<HeaderParameter> found)
    {
        if (path.Count > MaxDepth || schema.ValueKind != JsonValueKind.Object
            || !schema.TryGetProperty("properties", out var properties) || properties.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var property in properties.EnumerateObject())
        {
            List<string> here = [.. path, property.Name];
            if (property.Value.ValueKind == JsonValueKind.Object
                && property.Value.TryGetProperty(Keyword, out var name) && name.ValueKind == JsonValueKind.String)
            {
                found.Add(new HeaderParameter("Mcp-Param-" + name.GetString(), here));
            }

            Collect(property.Value, here, found);
        }
    }
}
