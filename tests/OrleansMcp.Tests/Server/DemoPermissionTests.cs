using OrleansMcp.Hosting.Demo;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Server;

/// <summary>The bundled configuration as it is: who may do what in the quick start.</summary>
public sealed class DemoPermissionTests(DemoPermissionTests.DemoServer demo) : IClassFixture<DemoPermissionTests.DemoServer>
{
    [Theory]
    [InlineData(TestConfiguration.Alice, true, true, 1)]
    [InlineData(TestConfiguration.Bob, true, false, 0)]
    [InlineData(TestConfiguration.Carol, false, true, 1)]
    public async Task The_demo_clients_may_do_different_things(string key, bool hasSecrets, bool hasPrompt, int templates)
    {
        var server = demo.Server;
        using var client = await server.Client(key).OpenAsync();
        var tools = (await client.PostAsync(Rpc.Request(1, "tools/list"))).Result["tools"]!.AsArray().Select(tool => (string)tool!["name"]!).ToList();
        Assert.Superset(new HashSet<string> { "echo", "increment", "slow", "whoami" }, tools.ToHashSet());
        Assert.Equal(hasSecrets, tools.Contains("secret_sign"));
        Assert.Equal(hasPrompt, (await client.PostAsync(Rpc.Request(2, "prompts/list"))).Result["prompts"]!.AsArray().Count == 1);
        Assert.Equal(
            templates, (await client.PostAsync(Rpc.Request(3, "resources/templates/list"))).Result["resourceTemplates"]!.AsArray().Count);
        Assert.Equal(1, await client.IncrementAsync());
        using var modern = server.Modern(key);
        Assert.Equal(1, await modern.IncrementAsync(await modern.OpenHandleAsync()));
    }

    public sealed class DemoServer : IAsyncLifetime
    {
        public TestServer Server { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Server = await TestServer.StartAsync(new TestServerOptions { Configuration = DemoConfiguration.Load() });

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
