using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>Tools that depend on what the client can do.</summary>
[McpServerToolType]
internal sealed class CapabilityTools
{
    [McpServerTool(Name = "test_missing_capability"), Description("Needs a client that can sample.")]
    public static string NeedsSampling(McpServer server) =>
        server.ClientCapabilities?.Sampling is not null
            ? "The client can sample."
            : throw new MissingRequiredClientCapabilityException(new ClientCapabilities { Sampling = new() });

    [McpServerTool(Name = "test_streaming_elicitation"), Description("Asks the user; the response carries the question, and no request of its own.")]
    public static async Task<string> AskAsync(McpServer server, CancellationToken cancellationToken)
    {
        var answer = await server.ElicitAsync(Forms.Of("Go on?", "ok", new ElicitRequestParams.BooleanSchema()), cancellationToken);
        return $"The user chose to {answer.Action}.";
    }
}
