using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Tools;

namespace OrleansMcp.Upstreams;

/// <summary>
/// A tool of another server, as sessions offer it. Sessions whose servers say the same share one: it holds nothing of a session, and a call goes over the
/// connection of the session that makes it.
/// </summary>
internal sealed class UpstreamTool : McpServerTool
{
    /// <param name="server">The server's name.</param>
    /// <param name="definition">The tool as the server defines it.</param>
    /// <param name="shown">The tool as it is listed here.</param>
    /// <param name="digest">Tells this definition from another (<see cref="ToolDefinition.Digest"/>).</param>
    public UpstreamTool(string server, Tool definition, Tool shown, string digest)
    {
        (Server, OriginalName, ProtocolTool, Digest) = (server, definition.Name, shown, digest);
        HeaderParameters = HeaderParameter.Of(definition);
    }

    /// <summary>The server's name.</summary>
    public string Server { get; }

    /// <summary>What the server calls it.</summary>
    public string OriginalName { get; }

    /// <summary>Tells this definition from another.</summary>
    public string Digest { get; }

    /// <summary>The parameters that a server of 2026-07-28 wants repeated in headers.</summary>
    public IReadOnlyList<HeaderParameter> HeaderParameters { get; }

    public override Tool ProtocolTool { get; }

    public override IReadOnlyList<object> Metadata => [];

    /// <summary>Calls it for the call that a filter passed on.</summary>
    public override async ValueTask<CallToolResult> InvokeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default) =>
        await CallServer.UpstreamsOf(request).CallAsync(CallServer.CallOf(request), this, request.Params);
}
