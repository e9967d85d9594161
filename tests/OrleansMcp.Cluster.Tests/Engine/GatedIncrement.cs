using System.ComponentModel;
using ModelContextProtocol.Server;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Cluster.Tests.Engine;

/// <summary>A tool that may be delivered again and is held after it has changed the state.</summary>
[McpServerToolType]
internal sealed class GatedIncrement(Gates gates)
{
    public const string Tool = "engine_gated_increment";

    [McpServerTool(Name = Tool), Redeliverable, Description("Adds to the session's counter, then waits at the gate of the tool's name.")]
    public async Task<string> IncrementAsync(ISessionContext session, CancellationToken cancellationToken)
    {
        var value = await session.State.UpdateAsync<long>("counter", current => current + 1, cancellationToken);
        await gates[Tool].WaitAsync(cancellationToken);
        return value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
