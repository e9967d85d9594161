using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace OrleansMcp.Tests.Quotas;

/// <summary>Somebody else's server, on loopback: answers, redirects, and remembers what it was sent.</summary>
internal sealed class OutsideServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private OutsideServer(WebApplication application) => _application = application;

    public int Port { get; private set; }

    public ConcurrentQueue<Dictionary<string, string>> Requests { get; } = new();

    /// <summary>Bytes of bodies that arrived.</summary>
    public long Received;

    public Uri At(string path, string host = "127.0.0.1") => new($"http://{host}:{Port}{path}");

    public static async Task<OutsideServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new OutsideServer(builder.Build());
        server._application.Run(server.AnswerAsync);
        await server._application.StartAsync();
        server.Port = new Uri(server._application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue(context.Request.Headers.ToDictionary(pair => pair.Key, pair => $"{pair.Value}", StringComparer.OrdinalIgnoreCase));
        var buffer = new byte[4096];
        while (await context.Request.Body.ReadAsync(buffer) is > 0 and var count)
        {
            Interlocked.Add(ref Received, count);
        }

        if (context.Request.Query["to"] is [{ } target])
        {
            context.Response.Cookies.Append("tracker", "1");
            context.Response.Redirect(target);
            return;
        }

        context.Response.Cookies.Append("tracker", "1");
        var size = long.Parse(context.Request.Query["bytes"].FirstOrDefault() ?? "2", System.Globalization.CultureInfo.InvariantCulture);
        for (var sent = 0L; sent < size && !context.RequestAborted.IsCancellationRequested; sent += buffer.Length)
        {
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, size - sent)));
        }
    }
}
