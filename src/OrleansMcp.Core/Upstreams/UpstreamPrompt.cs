using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Sessions.Handlers;

namespace OrleansMcp.Upstreams;

/// <summary>A prompt of another server, as a session offers it.</summary>
/// <param name="server">The server's name.</param>
/// <param name="originalName">What the server calls it.</param>
/// <param name="shown">The prompt as it is listed here.</param>
internal sealed class UpstreamPrompt(string server, string originalName, Prompt shown) : McpServerPrompt
{
    public string Server => server;

    public string OriginalName => originalName;

    public override Prompt ProtocolPrompt => shown;

    public override IReadOnlyList<object> Metadata => [];

    public override ValueTask<GetPromptResult> GetAsync(RequestContext<GetPromptRequestParams> request, CancellationToken cancellationToken = default) =>
        CallServer.UpstreamsOf(request).GetPromptAsync(CallServer.CallOf(request), this, request.Params);
}
