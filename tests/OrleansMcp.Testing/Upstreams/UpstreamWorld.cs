using ModelContextProtocol.Client;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Stock;

namespace OrleansMcp.Tests.Upstreams;

/// <summary>A server of ours in front of two others, one of each era: <c>old</c> and <c>new</c>.</summary>
public sealed class UpstreamWorld : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    internal StockUpstream Old { get; private set; } = null!;

    internal StockUpstream New { get; private set; } = null!;

    internal StockUpstream this[string server] => server == "old" ? Old : New;

    public async ValueTask InitializeAsync()
    {
        (Old, New) = (await StockUpstream.StartAsync(UpstreamEra.Sessions), await StockUpstream.StartAsync(UpstreamEra.Sessionless));
        Server = await TestServer.StartAsync(new TestServerOptions { Configuration = Configure(TestConfiguration.With(), ("old", Old.Url), ("new", New.Url)) });
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Old.DisposeAsync();
        await New.DisposeAsync();
    }

    /// <summary>A configuration with other servers, on loopback.</summary>
    internal static ServerConfiguration Configure(ServerConfiguration configuration, params (string Name, Uri Url)[] servers) => configuration with
    {
        Servers = servers.ToDictionary(
            static server => server.Name, static server => new UpstreamConfiguration { Name = server.Name, Url = server.Url, Private = true }, StringComparer.Ordinal),
    };

    /// <summary>The SDK's client, at our server, with a key of the demo.</summary>
    internal Task<McpClient> ConnectAsync(UpstreamEra era, string key = TestConfiguration.Alice, bool answers = false) =>
        UpstreamClient.ConnectAsync(Server.Url, era, "Bearer " + key, answers);
}
