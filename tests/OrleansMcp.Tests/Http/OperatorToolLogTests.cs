using System.Net;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>The tool log of a tenant at /ops.</summary>
public sealed class OperatorToolLogTests
{
    private const string Olga = "key-of-olga";
    private const string ToolLog = "/ops/tenants/acme/toollog";

    [Fact]
    public async Task An_operator_sees_the_calls_of_one_tenant_and_neither_arguments_nor_results()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With() with { Operators = [new OperatorConfiguration("olga", ApiKey.Hash(Olga))] },
        });
        foreach (var key in new[] { TestConfiguration.Alice, TestConfiguration.Bob, TestConfiguration.Carol })
        {
            using var client = await server.Client(key).OpenAsync();
            await client.CallTextAsync("echo", new { text = "hunter2" });
        }

        RawReply reply = null!;
        await Eventually.Holds(
            async () => (reply = (await SendAsync(server, ToolLog)).Expect(HttpStatusCode.OK)).Json["entries"]!.AsArray().Count == 2, "both were there");
        Assert.Equal(["alice echo ok", "bob echo ok"], reply.Json["entries"]!.AsArray().Select(one => $"{one!["client"]} {one["tool"]} {one["outcome"]}").Order());
        Assert.DoesNotContain("hunter2", reply.Text, StringComparison.Ordinal);
        Assert.Single((await SendAsync(server, ToolLog + "?limit=1")).Json["entries"]!.AsArray());
        Assert.Empty((await SendAsync(server, ToolLog + "?tool=whoami")).Json["entries"]!.AsArray());
        (await SendAsync(server, ToolLog + "?limit=0")).Expect(HttpStatusCode.BadRequest);
        (await SendAsync(server, ToolLog + "?limit=1001")).Expect(HttpStatusCode.BadRequest);
        (await SendAsync(server, "/ops/tenants/initech/toollog")).Expect(HttpStatusCode.NotFound);
        (await SendAsync(server, ToolLog, TestConfiguration.Alice)).Expect(HttpStatusCode.Unauthorized);
        (await SendAsync(server, ToolLog, key: null)).Expect(HttpStatusCode.Unauthorized);
    }

    private static async Task<RawReply> SendAsync(TestServer server, string path, string? key = Olga)
    {
        using var client = server.Client(key);
        return await client.SendAsync(client.Request(HttpMethod.Get, request => request.RequestUri = new Uri(client.Url, path)));
    }
}
