using OrleansMcp.Server;
using OrleansMcp.Hosting;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Server;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("http://0.0.0.0:0")]
    [InlineData("http://*:0")]
    [InlineData("http://+:0")]
    [InlineData("http://[::]:0")]
    [InlineData("http://example.com:0")]
    [InlineData("http://127.0.0.1:0;http://0.0.0.0:0")]
    public void Demo_keys_are_refused_on_anything_but_loopback(string urls)
    {
        using var folder = new ScratchFolder();
        var refusal = Assert.Throws<StartRefusedException>(() => ServerHost.Build(new ServerSettings { Urls = urls, DataFolder = folder.Path }));
        Assert.Contains("loopback", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_demo_key_is_known_by_its_hash_whatever_the_file_calls_it()
    {
        using var folder = new ScratchFolder();
        var file = Path.Combine(folder.Path, "server.yaml");
        var hash = Convert.ToHexStringLower(OrleansMcp.Configuration.ApiKey.Hash("demo-bob"));
        File.WriteAllText(file, $"tenants: {{ t: {{ clients: {{ c: {{ keys: [{{ sha256: {hash}, demo: false }}], permissions: [] }} }} }} }}");
        Assert.Throws<StartRefusedException>(() => ServerHost.Build(new ServerSettings { ConfigFile = file, Urls = "http://0.0.0.0:0", DataFolder = folder.Path }));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5080")]
    [InlineData("http://localhost:5080")]
    [InlineData("http://[::1]:5080")]
    [InlineData("http://127.1.2.3:5080;http://localhost:1")]
    public void Loopback_addresses_are_known(string urls) => Assert.Null(ListenAddress.FirstOpen(urls));

    [Fact]
    public async Task Unknown_options_and_bad_files_end_with_an_exit_code()
    {
        using var folder = new ScratchFolder();
        var file = Path.Combine(folder.Path, "bad.yaml");
        await File.WriteAllTextAsync(file, "tenants: 3");
        Assert.NotEqual(0, await Program.Main(["--no-such-option"]));
        Assert.Equal(1, await Program.Main(["config", "check", file]));
        Assert.Equal(1, await Program.Main(["config", "check", file + ".missing"]));
        Assert.Equal(1, await Program.Main(["--config", file, "--data", folder.Path]));
        await File.WriteAllTextAsync(file, "tenants: { a: {} }");
        Assert.Equal(0, await Program.Main(["config", "check", file]));
        Assert.Equal(0, await Program.Main(["keys", "new"]));
        Assert.Equal(2, await Program.Main(["serve", "--urls", "http://0.0.0.0:0", "--data", folder.Path]));
    }
}
