using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace OrleansMcp.Tools;

/// <summary>Copies of tool declarations with other schemas.</summary>
internal static class ToolListings
{
    public static Tool Copy(Tool tool, JsonElement inputSchema, JsonElement? outputSchema) => new()
    {
        Name = tool.Name,
        Title = tool.Title,
        Description = tool.Description,
        InputSchema = inputSchema,
        OutputSchema = outputSchema,
        Annotations = tool.Annotations,
        Icons = tool.Icons,
        Meta = tool.Meta,
    };
}
