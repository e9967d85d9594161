using ModelContextProtocol.Server;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Http;

/// <summary>A tool that answers <c>new</c>, in the catalogue of a server that other tests get after this one, until it is disposed of.</summary>
internal sealed class AddedTool : IDisposable
{
    private readonly McpServerPrimitiveCollection<McpServerTool> _tools;

    private readonly McpServerTool _tool;

    public AddedTool(Catalogue catalogue, string name)
    {
        (_tools, _tool) = (catalogue.Options.ToolCollection!, McpServerTool.Create(() => "new", new() { Name = name }));
        _tools.Add(_tool);
    }

    public void Dispose() => _tools.Remove(_tool);
}
