using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Tests.Hosting;
using IConfigurationSource = OrleansMcp.Configuration.IConfigurationSource;

namespace OrleansMcp.Tests.Library;

/// <summary>An application as a tool author writes it: <c>AddOrleansMcp</c>, the SDK's builder, <c>MapOrleansMcp</c>.</summary>
internal sealed class LibraryServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ScratchFolder _folder;

    private LibraryServer(WebApplication app, ScratchFolder folder, Uri url) => (_app, _folder, Url) = (app, folder, url);

    public Uri Url { get; }

    public string DataFolder => _folder.Path;

    public IServiceProvider Services => _app.Services;

    public RawClient Client(string? key = TestConfiguration.Alice) => new(Url, key);

    public ModernClient Modern(string key = TestConfiguration.Alice) => new(Url, key);

    public static async Task<LibraryServer> StartAsync(
        Action<WebApplicationBuilder> compose, ServerConfiguration? configuration = null, ServerSettings? settings = null,
        Dictionary<string, string?>? environment = null)
    {
        var folder = new ScratchFolder();
        var app = Build(compose, folder, configuration, settings ?? new(), environment);
        await app.StartAsync();
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return new LibraryServer(app, folder, new Uri(new Uri(address), "/mcp"));
    }

    /// <summary>What the application refuses to serve; it never listens.</summary>
    public static TException Refusal<TException>(Action<WebApplicationBuilder> compose, ServerSettings? settings = null) where TException : Exception
    {
        using var folder = new ScratchFolder();
        return Assert.Throws<TException>(() => Build(compose, folder, configuration: null, settings ?? new()));
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Dispose();
    }

    private static WebApplication Build(
        Action<WebApplicationBuilder> compose, ScratchFolder folder, ServerConfiguration? configuration, ServerSettings settings,
        Dictionary<string, string?>? environment = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(environment);
        builder.Logging.ClearProviders();
        builder.AddOrleansMcp(settings with { Urls = "http://127.0.0.1:0", DataFolder = folder.Path });
        if (settings.ConfigFile is null)
        {
            builder.Services.AddSingleton<IConfigurationSource>(new FixedConfiguration(configuration ?? TestConfiguration.With()));
        }

        compose(builder);
        return builder.Build().MapOrleansMcp();
    }
}
