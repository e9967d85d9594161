using System.Net;
using OrleansMcp.Tests.Clients;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>The sample: an application with tools of its own, alone and as a cluster, which differ in their settings only.</summary>
public sealed class CustomToolsTests
{
    private static readonly string s_sample = Path.Combine(Repository.Root, "samples/CustomTools/bin", Configuration, "net10.0/CustomTools.dll");

    /// <summary>The tests and the sample are built alike.</summary>
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    [Fact]
    public async Task Its_tools_keep_state_records_and_a_secret_of_their_session()
    {
        await using var node = Sample(ClusterNode.Alone());
        await node.StartAsync();
        await ShopAsync(node);

        // State and records are durable; the session goes on with the next process.
        using var client = await new RawClient(node.Url, TestConfiguration.Alice).OpenAsync();
        Assert.Equal("""["pen"]""", await client.CallTextAsync("basket_add", new { article = "pen" }));
        Assert.Equal(0, (await node.Process.TerminateAsync()).ExitCode);
        await node.StartAgainAsync();
        Assert.Equal("""["pen","ink"]""", await client.CallTextAsync("basket_add", new { article = "ink" }));
        (await client.PutSecretAsync("signing-key", "a key"u8.ToArray())).Expect(HttpStatusCode.Created);
        Assert.Matches("^[0-9a-f]{64}$", await client.CallTextAsync("order_sign", new { number = "1" }));
    }

    [Fact]
    public async Task It_is_a_cluster_by_its_settings_alone()
    {
        var (tables, key) = (await Azurite.NewAccountAsync(), Convert.ToBase64String(new byte[32]));
        await using var silo = Sample(ClusterNode.Silo("c-sample", tables, key));
        await using var gateway = Sample(ClusterNode.Gateway("c-sample", tables, key));
        silo.Launch();
        await gateway.StartAsync();
        await ShopAsync(gateway);
    }

    private static ClusterNode Sample(ClusterNode node)
    {
        Assert.True(File.Exists(s_sample), s_sample);
        node.Application = s_sample;
        return node;
    }

    private static async Task ShopAsync(ClusterNode node)
    {
        using var client = await new RawClient(node.Url, TestConfiguration.Alice).OpenAsync();
        using var other = await new RawClient(node.Url, TestConfiguration.Alice).OpenAsync();
        Assert.Equal("""["pen"]""", await client.CallTextAsync("basket_add", new { article = "pen" }));
        Assert.Equal("""["ink"]""", await other.CallTextAsync("basket_add", new { article = "ink" }));
        Assert.Equal("Ordered: pen.", await client.CallTextAsync("order_place", new { number = "1" }));
        Assert.Contains("secret_unavailable", (await other.CallAsync("order_sign", new { number = "1" })).Text, StringComparison.Ordinal);
        (await other.PutSecretAsync("signing-key", "a key"u8.ToArray())).Expect(HttpStatusCode.Created);
        Assert.Matches("^[0-9a-f]{64}$", await other.CallTextAsync("order_sign", new { number = "1" }));
        Assert.Contains("secret_unavailable", (await client.CallAsync("order_sign", new { number = "1" })).Text, StringComparison.Ordinal);
    }
}
