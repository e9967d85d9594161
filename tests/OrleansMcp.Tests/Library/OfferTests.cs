using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Library;

/// <summary>What the SDK's options say of a server, and what its tools are given, reaches clients and tools as with the SDK's own server.</summary>
public sealed class OfferTests
{
    [Fact]
    public async Task Name_version_and_instructions_are_the_applications_in_both_eras()
    {
        await using var server = await LibraryServer.StartAsync(builder => builder.Services.AddMcpServer(static options =>
        {
            options.ServerInfo = new() { Name = "shop", Version = "7" };
            options.ServerInstructions = "Order first.";
        }).WithTools<Tools>());
        using var client = server.Client();
        var greeting = (await client.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Result;
        Assert.Equal(("shop", "7", "Order first."), (
            greeting["serverInfo"]!["name"]!.GetValue<string>(), greeting["serverInfo"]!["version"]!.GetValue<string>(), greeting["instructions"]!.GetValue<string>()));
        using var modern = server.Modern();
        Assert.Equal("Order first.", (await modern.SendAsync("server/discover")).Result["instructions"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_scoped_service_is_the_calls_own_and_disposed_after_it_even_if_only_asynchronously()
    {
        var life = new Life();
        await using var server = await LibraryServer.StartAsync(builder =>
        {
            builder.Services.AddSingleton(life).AddScoped<Visit>();
            builder.Services.AddMcpServer().WithTools<Tools>();
        });
        using var client = await server.Client().OpenAsync();
        Assert.Equal("1", await client.CallTextAsync("visit"));
        Assert.Equal("2", await client.CallTextAsync("visit"));
        await Eventually.Holds(() => Volatile.Read(ref life.Disposed) == 2, "both were disposed");
    }

    private sealed class Life
    {
        public int Made;
        public int Disposed;
    }

    private sealed class Visit(Life life) : IAsyncDisposable
    {
        public int Number { get; } = Interlocked.Increment(ref life.Made);

        public ValueTask DisposeAsync()
        {
            Interlocked.Increment(ref life.Disposed);
            return default;
        }
    }

    [McpServerToolType]
    private sealed class Tools
    {
        [McpServerTool(Name = "visit")]
        public static int Visit(Visit visit) => visit.Number;
    }
}
