using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.ToolLogs;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Engine;

/// <summary>Tools that show whose session a call reached and what is kept there.</summary>
[McpServerToolType]
internal sealed class EngineTools
{
    [McpServerTool(Name = "engine_echo"), Description("Returns the text it is given.")]
    public static string Echo(string text) => text;

    [McpServerTool(Name = "engine_increment"), Redeliverable, Description("Adds to the session's counter.")]
    public static async Task<string> IncrementAsync(ISessionContext session, CancellationToken cancellationToken, long by = 1) =>
        Text(await session.State.UpdateAsync<long>("counter", current => current + by, cancellationToken));

    [McpServerTool(Name = "engine_counter", ReadOnly = true), Description("Reads the session's counter.")]
    public static string Counter(ISessionContext session) => Text(session.State.Get<long>("counter"));

    [McpServerTool(Name = "engine_fill"), Description("Keeps a text of a length.")]
    public static async Task<string> FillAsync(ISessionContext session, int bytes, CancellationToken cancellationToken)
    {
        await session.State.UpdateAsync<string>("filler", _ => new string('x', bytes), cancellationToken);
        return "filled";
    }

    [McpServerTool(Name = "engine_whoami"), Description("Tells whose session this is.")]
    public static string WhoAmI(ISessionContext session) => $"{session.Tenant}/{session.Client}/{session.Subject}";

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Offers what the contracts call.</summary>
internal static class EngineCatalogue
{
    public static IMcpServerBuilder WithEngineTools(this IMcpServerBuilder server) => server
        .WithTools<EngineTools>().WithTestTools().WithTools<PolicyTools>().WithTools<CachedTools>().WithToolLog().WithRecords().WithTestResources();
}
