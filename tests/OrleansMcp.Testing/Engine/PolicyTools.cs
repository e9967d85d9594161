using System.ComponentModel;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Engine;

/// <summary>Tools for policies to judge. Every run passes the gate of its tool, so that a test sees whether there was one.</summary>
[McpServerToolType]
internal sealed class PolicyTools(Gates gates)
{
    [McpServerTool(Name = "policy_pay"), Description("Spends an amount, or fails to.")]
    public async Task<string> PayAsync(CancellationToken cancellationToken, JsonElement? amount = null, bool fail = false, string? wait = null, bool refuse = false)
    {
        gates["paid"].Pass();
        if (wait is not null)
        {
            await gates[wait].WaitAsync(cancellationToken);
        }

        if (refuse)
        {
            throw new ModelContextProtocol.McpProtocolException("no such account", ModelContextProtocol.McpErrorCode.InvalidParams);
        }

        return fail ? throw new ModelContextProtocol.McpException("no funds") : $"paid {amount}";
    }

    [McpServerTool(Name = "policy_raw"), Description("Returns its arguments exactly as it got them.")]
    public string Raw(RequestContext<CallToolRequestParams> request)
    {
        gates["raw"].Pass();
        return string.Join('\n', (request.Params.Arguments ?? new Dictionary<string, JsonElement>()).Select(pair => $"{pair.Key}={pair.Value.GetRawText()}"));
    }

    [McpServerTool(Name = "policy_secret"), Description("Must not be seen.")]
    public string Secret()
    {
        gates["secret"].Pass();
        return "seen";
    }
}

