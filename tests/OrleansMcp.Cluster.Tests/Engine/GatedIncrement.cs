using System.ComponentModel;
using ModelContextProtocol.Server;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Cluster.Tests.Engine;

/// <summary>A tool that may be delivered again and is held after it has changed the state.</summary>
internal sealed class GatedIncrement(Gates gates) : IConfigureCatalogue
{
    public const string Tool = "engine_gated_increment";

    public void Configure(CatalogueBuilder catalogue) => catalogue.AddTool(McpServerTool.Create(
        IncrementAsync, new McpServerToolCreateOptions { Name = Tool, Services = catalogue.Services }));

    [Redeliverable, Description("Adds to the session's counter, then waits at the gate of the tool's name.")]
    private async Task<string> IncrementAsync(ISessionContext session, CancellationToken cancellationToken)
    {
        var value = await session.State.UpdateAsync<long>("counter", current => current + 1, cancellationToken);
        await gates[Tool].WaitAsync(cancellationToken);
        return value.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
