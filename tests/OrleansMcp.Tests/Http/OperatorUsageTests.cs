using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Memory;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>What operators read at /ops of who uses what.</summary>
public sealed class OperatorUsageTests
{
    private const string Olga = "key-of-olga";
    private const string OfAcme = "/ops/tenants/acme/usage";
    private const string All = "/ops/usage";

    [Fact]
    public async Task A_tenant_is_read_with_its_clients_and_nobody_elses()
    {
        await using var server = await StartAsync(new QuotaConfiguration { CallsPerMinute = 10, RequestsPerMinute = 64, HeldBytes = 100_000 }, new());
        using var alice = await server.Client().OpenAsync();
        using var carol = await server.Client(TestConfiguration.Carol).OpenAsync();
        await alice.CallTextAsync("echo", new { text = "hunter2" });
        using var held = server.Services.GetRequiredService<HeldMemory>().Hold("acme", "bob");
        held.TakeAnyway(99_000);

        RawReply reply = null!;
        await Eventually.Holds(
            async () => (decimal)Quota(Client(reply = await ReadAsync(server, OfAcme), "alice"), "requestsPerMinute")["used"]! >= 2, "the requests were told");

        Assert.Equal(["bob", "alice"], reply.Json["clients"]!.AsArray().Select(one => (string)one!["client"]!)); // the nearest to a limit first
        Assert.Equal((99_000, 100_000, 1_000), Numbers(Client(reply, "bob")["heldBytes"]!));
        Assert.True((long)reply.Json["heldBytes"]!["used"]! >= 99_000);
        var calls = Quota(Client(reply, "alice"), "callsPerMinute");
        Assert.Equal((1, 10, 9), Numbers(calls));
        Assert.Equal(new FakeTimeProvider().GetUtcNow().AddMinutes(1), (DateTimeOffset)calls["resetsAt"]!);
        Assert.Null(Quota(Client(reply, "alice"), "sessions")["resetsAt"]);
        Assert.Null(Quota(Client(reply, "alice"), "computeSecondsPerMinute")["limit"]);
        Assert.Equal(600_000, (long)Quota(reply.Json, "requestsPerMinute")["limit"]!);
        Assert.Equal(("acme", 0), ((string)reply.Json["tenant"]!, (int)reply.Json["omittedClients"]!));
        Assert.DoesNotContain("share", reply.Text, StringComparison.OrdinalIgnoreCase);
        await Eventually.Holds(() => server.ReadAudit().Contains("operator olga read the usage of tenant acme", StringComparison.Ordinal), "it was audited");
    }

    [Fact]
    public async Task Compute_without_a_limit_is_read()
    {
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(quotas: null, time);
        using var alice = await server.Client().OpenAsync();
        var calling = alice.CallAsync("test_gate", new { gate = "slow" });
        await server.Gates["slow"].Entered;
        time.Advance(TimeSpan.FromSeconds(1.5));
        server.Gates["slow"].Open();
        await calling;
        await Eventually.Holds(
            async () => await ReadAsync(server, OfAcme) is var reply
                && reply.Json["clients"]!.AsArray().Any(one => (decimal)Quota(one!, "computeSecondsPerMinute")["used"]! >= 1)
                && (decimal)Quota(reply.Json, "computeSecondsPerMinute")["used"]! >= 1,
            "the compute was told");
    }

    [Fact]
    public async Task Tenants_are_listed_page_by_page_in_the_order_of_their_ids()
    {
        await using var server = await StartAsync(quotas: null, new());
        var page = await ReadAsync(server, All + "?limit=1");
        Assert.Equal("acme", (string)page.Json["tenants"]!.AsArray().Single()!["tenant"]!);
        Assert.NotEmpty(page.Json["tenants"]![0]!["quotas"]!.AsArray());
        Assert.Equal("acme", (string?)page.Json["next"]);
        var rest = await ReadAsync(server, $"{All}?after={page.Json["next"]}");
        Assert.Equal("globex", (string)rest.Json["tenants"]!.AsArray().Single()!["tenant"]!);
        Assert.Null(rest.Json["next"]);
        foreach (var limit in new[] { "0", "1001", "-1", "many", "" })
        {
            (await SendAsync(server, $"{All}?limit={limit}")).Expect(HttpStatusCode.BadRequest);
        }

        await Eventually.Holds(() => server.ReadAudit().Contains("operator olga read the usage of 1 tenants", StringComparison.Ordinal), "it was audited");
    }

    [Fact]
    public async Task Who_has_used_four_fifths_of_a_limit_is_named_and_the_nearest_first()
    {
        await using var server = await StartAsync(new QuotaConfiguration { CallsPerMinute = 10, HeldBytes = 100_000 }, new());
        using var alice = await server.Client().OpenAsync();
        using var bob = await server.Client(TestConfiguration.Bob).OpenAsync();
        for (var call = 0; call < 8; call++)
        {
            await alice.CallTextAsync("echo", new { text = "hello" });
        }

        await bob.CallTextAsync("echo", new { text = "hello" });
        using var held = server.Services.GetRequiredService<HeldMemory>().Hold("globex", "carol");
        held.TakeAnyway(99_000);

        var near = (await ReadAsync(server, All)).Json["near"]!.AsArray().Select(one =>
            $"{one!["tenant"]} {one["client"]} {one["quota"]} {one["used"]} of {one["limit"]}: {one["percent"]}");
        Assert.Equal(["globex carol heldBytes 99000 of 100000: 99", "acme alice callsPerMinute 8 of 10: 80"], near);
    }

    [Fact]
    public async Task A_stopped_tenant_is_listed_with_its_error_beside_the_others()
    {
        await using var server = await StartAsync(quotas: null, new());
        server.Services.GetRequiredService<StoppedTenants>().Stop("acme", "The test wants it.");
        var tenants = (await ReadAsync(server, All)).Json["tenants"]!.AsArray();
        Assert.Equal(("acme", "tenant_stopped"), ((string)tenants[0]!["tenant"]!, (string?)tenants[0]!["error"]));
        Assert.Null(tenants[0]!["quotas"]);
        Assert.Equal(("globex", null), ((string)tenants[1]!["tenant"]!, (string?)tenants[1]!["error"]));
        Assert.NotEmpty(tenants[1]!["quotas"]!.AsArray());
        var refused = (await SendAsync(server, OfAcme)).Expect(HttpStatusCode.ServiceUnavailable);
        Assert.Equal("tenant_stopped", (string?)refused.Error["data"]!["code"]);
    }

    private static Task<TestServer> StartAsync(QuotaConfiguration? quotas, FakeTimeProvider time) => TestServer.StartAsync(new TestServerOptions
    {
        Configuration = TestConfiguration.With(quotas: quotas) with { Operators = [new OperatorConfiguration("olga", ApiKey.Hash(Olga))] },
        Time = time,
    });

    private static JsonNode Client(RawReply reply, string client) => reply.Json["clients"]!.AsArray().Single(one => (string)one!["client"]! == client)!;

    private static JsonNode Quota(JsonNode of, string name) => of["quotas"]!.AsArray().Single(one => (string)one!["name"]! == name)!;

    private static (decimal Used, decimal Limit, decimal Left) Numbers(JsonNode use) => ((decimal)use["used"]!, (decimal)use["limit"]!, (decimal)use["left"]!);

    private static async Task<RawReply> ReadAsync(TestServer server, string path) => (await SendAsync(server, path)).Expect(HttpStatusCode.OK);

    private static async Task<RawReply> SendAsync(TestServer server, string path)
    {
        using var client = server.Client(Olga);
        return await client.SendAsync(client.Request(HttpMethod.Get, request => request.RequestUri = new Uri(client.Url, path)));
    }
}
