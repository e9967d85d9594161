using System.Net;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Stock;

namespace OrleansMcp.Tests.Upstreams.Pins;

/// <summary>Approved tools whose rows in the database are damaged.</summary>
public sealed class PinDamageTests
{
    [Theory]
    [InlineData("UPDATE records SET content = CAST(replace(CAST(content AS TEXT), '\"Digest\"', '\"Dingest\"') AS BLOB)")]
    [InlineData("DELETE FROM records")]
    public async Task Damage_withholds_the_tools_of_that_server_for_that_tenant_and_is_told(string statement)
    {
        await using StockUpstream hurt = await StockUpstream.StartAsync(UpstreamEra.Sessions), whole = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        var configuration = UpstreamWorld.Configure(TestConfiguration.With(), ("hurt", hurt.Url), ("whole", whole.Url)) with { Operators = [new OperatorConfiguration("olga", ApiKey.Hash("key-of-olga"))] };
        await using var server = await TestServer.StartAsync(new TestServerOptions { Configuration = configuration });
        foreach (var key in new[] { TestConfiguration.Alice, TestConfiguration.Carol })
        {
            using var client = await server.Client(key).OpenAsync();
            Assert.Equal("1", await client.CallTextAsync("hurt__count"));
            Assert.Equal("1", await client.CallTextAsync("whole__count"));
        }

        await server.StopAsync();
        Assert.InRange(StoredRows.Change(server.DataFolder, statement + " WHERE namespace = 'acme/_operators/tools.hurt'"), 1, 1000);
        await server.StartAgainAsync();
        using var alice = await server.Client().OpenAsync();
        var refused = await alice.CallAsync("hurt__count");
        Assert.Equal("upstream_unavailable", (string?)refused.Result["structuredContent"]!["code"]);
        var listed = (await alice.PostAsync(Rpc.Request(1, "tools/list"))).Result;
        Assert.DoesNotContain(listed["tools"]!.AsArray(), static tool => ((string)tool!["name"]!).StartsWith("hurt__", StringComparison.Ordinal));
        Assert.Contains("cannot be read", (string)listed["_meta"]!["orleansmcp/unavailable"]!["hurt"]!, StringComparison.Ordinal);
        Assert.Equal("1", await alice.CallTextAsync("whole__count"));
        Assert.Equal("a", await alice.CallTextAsync("echo", new { text = "a" }));
        using var carol = await server.Client(TestConfiguration.Carol).OpenAsync();
        Assert.Equal("1", await carol.CallTextAsync("hurt__count"));

        using var olga = server.Client("key-of-olga");
        var shown = await olga.SendAsync(olga.Request(HttpMethod.Get, request => request.RequestUri = server.At("/ops/tenants/acme/servers/hurt/tools")));
        Assert.Contains("restore FILE", (string)shown.Expect(HttpStatusCode.ServiceUnavailable).Error["message"]!, StringComparison.Ordinal);
    }
}
