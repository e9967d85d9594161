using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Upstreams;

/// <summary>
/// A web server on a loopback port of its own, which it keeps when it is stopped and started again. It counts its connections, and cuts them
/// when it stops.
/// </summary>
internal sealed class LoopbackServer : IAsyncDisposable
{
    private readonly int _port = FreePort.Next();
    private readonly Action<WebApplicationBuilder> _build;
    private readonly Action<WebApplication> _map;
    private WebApplication? _application;
    private int _opened;
    private int _open;

    /// <param name="build">Adds services.</param>
    /// <param name="map">Adds what answers.</param>
    public LoopbackServer(Action<WebApplicationBuilder> build, Action<WebApplication> map) => (_build, _map) = (build, map);

    public Uri At(string path) => new($"http://127.0.0.1:{_port}{path}");

    /// <summary>Connections that were ever opened to it.</summary>
    public int ConnectionsOpened => Volatile.Read(ref _opened);

    /// <summary>Connections that are open now.</summary>
    public int ConnectionsOpen => Volatile.Read(ref _open);

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, _port, Count));
        _build(builder);
        var application = builder.Build();
        _map(application);
        await application.StartAsync();
        _application = application;
    }

    /// <summary>Stops at once, as a process that dies: connections are cut, and refused from then on.</summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _application, null) is not { } application)
        {
            return;
        }

        try
        {
            await application.StopAsync(new CancellationToken(canceled: true)).InTime("an upstream stopped");
        }
        catch (OperationCanceledException)
        {
            // Nobody was given time to finish.
        }

        await application.DisposeAsync().AsTask().InTime("an upstream was gone");
    }

    public ValueTask DisposeAsync() => new(StopAsync());

    private void Count(ListenOptions listen) => listen.Use(next => async connection =>
    {
        Interlocked.Increment(ref _opened);
        Interlocked.Increment(ref _open);
        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    });
}
