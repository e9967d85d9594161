using OrleansMcp.Configuration;
using IConfigurationSource = OrleansMcp.Configuration.IConfigurationSource;
using OrleansMcp.Hosting.Demo;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Protocol;

namespace OrleansMcp.Server.Hosting;

/// <summary>What the program says to those who come to another path than that of MCP: where they are, and where it is.</summary>
internal static class StartPage
{
    private static readonly byte[] s_nothing = RpcReply.Error(
        id: default, RpcError.Refused, "Nothing is served at this path. MCP is served at /mcp; GET / says what else there is.");

    /// <summary>Serves <c>GET /</c>, and everything that nothing else serves.</summary>
    public static WebApplication MapStartPage(this WebApplication app, ServerSettings settings)
    {
        app.MapGet("/", (IConfigurationSource configuration) => TypedResults.Text(Page(settings, configuration.Current)));
        app.Use(static (context, next) => context.GetEndpoint() is null ? NothingAsync(context) : next(context));
        return app;
    }

    private static async Task NothingAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        context.Response.ContentType = "application/json"; // Most who come here are MCP clients with a wrong URL.
        await context.Response.BodyWriter.WriteAsync(s_nothing, context.RequestAborted);
    }

    private static string Page(ServerSettings settings, ServerConfiguration configuration)
    {
        if (!settings.IsGateway)
        {
            return $"""
                {ServerHost.Name} {ServerHost.Version}: a silo, which holds sessions. MCP is served by the gateways of its cluster.

                  /healthz   this process answers
                  /readyz    it can hold sessions

                """;
        }

        var operators = configuration.Operators.Count == 0 ? "none: the configuration has no operators"
            : settings.ConfigFile is null ? $"for operators, with their key; that of the demo is {DemoConfiguration.OperatorKey}"
            : "for operators, with their key";
        return $"""
            {ServerHost.Name} {ServerHost.Version}: a Model Context Protocol server.

              /mcp       MCP over Streamable HTTP, with a credential (Authorization: Bearer ...)
              /ops       {operators}
              /healthz   this process answers
              /readyz    it can serve

            """;
    }
}
