using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Tests.Upstreams.Stock;

/// <summary>A tool that does what it did, under another definition.</summary>
internal sealed class RedefinedTool(McpServerTool former, string? description, JsonElement? inputSchema) : DelegatingMcpServerTool(former)
{
    public override Tool ProtocolTool { get; } = new()
    {
        Name = former.ProtocolTool.Name,
        Title = former.ProtocolTool.Title,
        Description = description ?? former.ProtocolTool.Description,
        InputSchema = inputSchema ?? former.ProtocolTool.InputSchema,
        OutputSchema = former.ProtocolTool.OutputSchema,
        Annotations = former.ProtocolTool.Annotations,
        Icons = former.ProtocolTool.Icons,
        Meta = former.ProtocolTool.Meta,
    };
}
