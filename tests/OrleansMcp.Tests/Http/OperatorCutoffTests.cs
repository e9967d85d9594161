using System.Net;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>/ops/tenants/{tenant}/cutoffs over real HTTP.</summary>
public sealed class OperatorCutoffTests
{
    private const string Olga = "key-of-olga";
    private const string Cutoffs = "/ops/tenants/acme/cutoffs";

    [Fact]
    public async Task An_operator_ends_and_refuses_a_client_sees_that_and_readmits_it()
    {
        await using var server = await OperatorEndpointTests.OperatedServer.StartAsync();
        using var alice = await server.Client().OpenAsync();
        using var bob = await server.Client(TestConfiguration.Bob).OpenAsync();
        (await SendAsync(server, "POST", Cutoffs, """{"client":"alice","refuse":true}""", TestConfiguration.Alice)).Expect(HttpStatusCode.Unauthorized);
        Assert.True(await alice.IsAliveAsync());

        var answer = (await SendAsync(server, "POST", Cutoffs, """{"client":"alice","refuse":true}""")).Expect(HttpStatusCode.OK).Json;
        Assert.Equal((1, 0, true, "olga"), ((int)answer["ended"]!, (int)answer["unreached"]!, (bool)answer["cutoff"]!["refused"]!, (string)answer["cutoff"]!["operator"]!));
        Assert.Equal((false, true), (await alice.IsAliveAsync(), await bob.IsAliveAsync()));
        using var again = server.Client();
        var refused = (await again.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.Forbidden);
        Assert.Equal("refused_by_operator", (string)refused.Error["data"]!["code"]!);

        var listed = (await SendAsync(server, "GET", Cutoffs)).Expect(HttpStatusCode.OK).Json["cutoffs"]!.AsArray();
        Assert.Equal("alice", (string)Assert.Single(listed)!["client"]!);
        var lifted = (await SendAsync(server, "DELETE", $"{Cutoffs}?client=alice")).Expect(HttpStatusCode.OK).Json;
        Assert.False((bool)lifted["cutoff"]!["refused"]!);
        using var back = await server.Client().OpenAsync();
        Assert.True(await back.IsAliveAsync());
        Assert.Equal(2, server.Signals[SignalName.OperatorAction]);
    }

    [Theory]
    [InlineData("""{"clinet":"alice"}""")]
    [InlineData("""{"client":"alice","client":"bob"}""")]
    [InlineData("""{"client":""}""")]
    [InlineData("""{"client":7}""")]
    [InlineData("""{"refuse":"yes"}""")]
    [InlineData("null")]
    [InlineData("{")]
    public async Task What_is_not_understood_ends_nothing(string body)
    {
        await using var server = await OperatorEndpointTests.OperatedServer.StartAsync();
        using var alice = await server.Client().OpenAsync();
        (await SendAsync(server, "POST", Cutoffs, body)).Expect(HttpStatusCode.BadRequest);
        Assert.True(await alice.IsAliveAsync());
        Assert.Empty((await SendAsync(server, "GET", Cutoffs)).Json["cutoffs"]!.AsArray());
    }

    [Theory]
    [InlineData("?clinet=alice")]
    [InlineData("?client=")]
    [InlineData("?client=alice&client=bob")]
    public async Task A_refusal_is_not_lifted_by_what_is_not_understood(string query)
    {
        await using var server = await OperatorEndpointTests.OperatedServer.StartAsync();
        (await SendAsync(server, "POST", Cutoffs, """{"refuse":true}""")).Expect(HttpStatusCode.OK);
        (await SendAsync(server, "DELETE", Cutoffs + query)).Expect(HttpStatusCode.BadRequest);
        Assert.True((bool)Assert.Single((await SendAsync(server, "GET", Cutoffs)).Json["cutoffs"]!.AsArray())!["refused"]!);
    }

    [Fact]
    public async Task Other_tenants_methods_and_marks_are_not_there()
    {
        await using var server = await OperatorEndpointTests.OperatedServer.StartAsync();
        (await SendAsync(server, "POST", "/ops/tenants/initech/cutoffs", "{}")).Expect(HttpStatusCode.NotFound);
        (await SendAsync(server, "DELETE", $"{Cutoffs}?client=alice")).Expect(HttpStatusCode.NotFound);
        var refused = (await SendAsync(server, "PUT", Cutoffs, "{}")).Expect(HttpStatusCode.MethodNotAllowed);
        Assert.Equal("GET, POST, DELETE", refused.Headers["Allow"]);
    }

    private static async Task<RawReply> SendAsync(TestServer server, string method, string path, string? body = null, string key = Olga)
    {
        using var client = server.Client(key);
        return await client.SendAsync(client.Request(new HttpMethod(method), request =>
        {
            request.RequestUri = new Uri(client.Url, path);
            request.Content = body is null ? null : RawClient.Json(body);
        }));
    }
}
