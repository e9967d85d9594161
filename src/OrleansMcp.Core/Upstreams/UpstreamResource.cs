using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Sessions.Handlers;

namespace OrleansMcp.Upstreams;

/// <summary>All resources of another server: which there are is the server's to say, when it is asked for one.</summary>
/// <param name="server">The server's name.</param>
internal sealed class UpstreamResource(string server) : McpServerResource
{
    private readonly string _prefix = UpstreamUris.PrefixOf(server);

    public override ResourceTemplate ProtocolResourceTemplate { get; } = new() { Name = server, UriTemplate = UpstreamUris.PrefixOf(server) + "{+uri}" };

    public override IReadOnlyList<object> Metadata => [];

    public override bool IsMatch(string uri) => uri.StartsWith(_prefix, StringComparison.Ordinal);

    public override ValueTask<ReadResourceResult> ReadAsync(RequestContext<ReadResourceRequestParams> request, CancellationToken cancellationToken = default) =>
        CallServer.UpstreamsOf(request).ReadResourceAsync(CallServer.CallOf(request), server, request.Params);
}
