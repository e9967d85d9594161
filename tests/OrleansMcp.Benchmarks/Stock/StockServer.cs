using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.AspNetCore;

namespace OrleansMcp.Benchmarks.Stock;

/// <summary>
/// What somebody gets who takes the C# SDK as it is: its ASP.NET Core server with sessions and one tool. Nothing is durable, nobody is
/// authenticated and nothing is limited.
/// </summary>
internal static class StockServer
{
    public static async Task<int> RunAsync(string urls, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls);
        builder.Services.AddMcpServer().WithTools<StockTools>().WithHttpTransport(options =>
        {
            // Not the default of this version: without sessions there would be nothing to open.
            options.SessionMode = HttpServerSessionMode.Stateful;
        });
        await using var app = builder.Build();
        app.MapMcp("/mcp");
        app.MapGet("/readyz", static () => Results.Ok());
        await app.StartAsync(cancellationToken);
        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }
}
