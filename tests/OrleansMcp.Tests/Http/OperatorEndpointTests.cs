using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Configuration;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>/ops over real HTTP.</summary>
public sealed class OperatorEndpointTests(OperatorEndpointTests.OperatedServer operated, SharedServer without)
    : IClassFixture<OperatorEndpointTests.OperatedServer>, IClassFixture<SharedServer>
{
    private const string Olga = "key-of-olga";
    private const string Sessions = "/ops/tenants/acme/sessions";

    private const string SignalCounts = "/ops/signals";

    private readonly TestServer _server = operated.Server;

    public static TheoryData<string, string> Endpoints { get; } = new()
    {
        { "GET", Sessions }, { "GET", "/ops/tenants/acme/toollog" }, { "GET", SignalCounts }, { "GET", "/ops/tenants/acme/usage" }, { "GET", "/ops/usage" }, { "GET", "/ops/tenants/acme/cutoffs" }, { "GET", "/ops/tenants/acme/servers/github/tools" }, { "DELETE", $"{Sessions}/0123456789ab" }, { "PUT", $"{Sessions}/0123456789ab/permissions" },
    };

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Only_an_operators_key_opens(string method, string path)
    {
        foreach (var key in new[] { null, TestConfiguration.Alice, Olga + "x", "" })
        {
            var reply = (await SendAsync(method, path, key)).Expect(HttpStatusCode.Unauthorized);
            Assert.Equal("Bearer", reply.Headers["WWW-Authenticate"]);
        }

        Assert.NotEqual(HttpStatusCode.Unauthorized, (await SendAsync(method, path)).Status);
        (await SendAsync("PATCH", path)).Expect(HttpStatusCode.MethodNotAllowed);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Of_a_tenant_that_is_not_there_nothing_is_found(string method, string path) => (await SendAsync(
        method, path.Replace("acme", "initech", StringComparison.Ordinal))).Expect(path.Contains("acme", StringComparison.Ordinal) ? HttpStatusCode.NotFound : HttpStatusCode.OK);

    [Fact]
    public async Task Signals_are_counted_since_the_server_started()
    {
        await using var server = await OperatedServer.StartAsync();
        for (var time = 0; time < 3; time++)
        {
            await SendAsync("GET", SignalCounts, change: request => request.Headers.Host = "evil.example", server: server);
            await SendAsync("GET", SignalCounts, change: request => request.Headers.Host = "evil.example"); // counts for itself
        }

        var reply = (await SendAsync("GET", SignalCounts, server: server)).Expect(HttpStatusCode.OK);

        Assert.Equal("""{"signals":{"origin_rejected":3}}""", reply.Text);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Foreign_origins_and_hosts_are_refused_and_no_page_reads_replies(string method, string path)
    {
        var rejected = _server.Signals[SignalName.OriginRejected];
        (await SendAsync(method, path, change: request => request.Headers.TryAddWithoutValidation("Origin", "https://evil.example")))
            .Expect(HttpStatusCode.Forbidden);
        (await SendAsync(method, path, change: request => request.Headers.Host = "evil.example")).Expect(HttpStatusCode.Forbidden);
        var page = await SendAsync(method, path, change: request => request.Headers.TryAddWithoutValidation("Origin", "http://localhost:3000"));
        Assert.False(page.Headers.ContainsKey("Access-Control-Allow-Origin"));
        Assert.True(_server.Signals[SignalName.OriginRejected] >= rejected + 2);
    }

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Without_operators_nothing_is_served(string method, string path)
    {
        var reply = (await SendAsync(method, path, server: without.Server)).Expect(HttpStatusCode.NotFound);
        Assert.Contains("no operators", (string)reply.Error["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operators_key_is_nothing_to_a_session()
    {
        using var client = _server.Client(Olga);
        (await client.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Sessions_of_one_tenant_are_listed_page_by_page_without_anything_that_opens_one()
    {
        await using var server = await OperatedServer.StartAsync();
        var ids = new List<string>();
        foreach (var key in new[] { TestConfiguration.Alice, TestConfiguration.Alice, TestConfiguration.Bob, TestConfiguration.Carol })
        {
            using var client = await server.Client(key).OpenAsync();
            ids.Add(client.SessionId!);
        }

        var page = (await SendAsync("GET", Sessions + "?limit=2", server: server)).Expect(HttpStatusCode.OK);
        var rest = (await SendAsync("GET", $"{Sessions}?after={page.Json["next"]}", server: server)).Expect(HttpStatusCode.OK);
        Assert.Null(rest.Json["next"]);
        var all = page.Json["sessions"]!.AsArray().Concat(rest.Json["sessions"]!.AsArray()).ToList();
        Assert.Equal(["alice", "alice", "bob"], all.Select(one => (string)one!["client"]!).Order());
        Assert.All(all, one => Assert.NotEmpty(one!["permissions"]!.AsArray()));
        foreach (var part in ids.SelectMany(id => id.Split('.')))
        {
            Assert.DoesNotContain(part, page.Text + rest.Text, StringComparison.Ordinal);
        }

        (await SendAsync("GET", Sessions + "?limit=0", server: server)).Expect(HttpStatusCode.BadRequest);
        await AuditedAsync("olga", server);
    }

    [Fact]
    public async Task A_set_is_shrunk_and_the_call_that_runs_notices()
    {
        using var client = await _server.Client().OpenAsync();
        var calling = client.CallAsync("test_gate", new { gate = "shrunk" });
        await _server.Gates["shrunk"].Entered;
        var path = $"{Sessions}/{await NameAsync(client)}/permissions";
        var reply = (await SendAsync("PUT", path, body: """{"permissions":["tool:whoami","tool:echo"]}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(["tool:echo", "tool:whoami"], reply.Json["permissions"]!.AsArray().Select(one => (string)one!));
        Assert.Contains("permission_denied", (await calling).Text, StringComparison.Ordinal);
        var wider = (await SendAsync("PUT", path, body: """{"permissions":["tool:*"]}""")).Expect(HttpStatusCode.OK);
        Assert.Equal(["tool:echo", "tool:whoami"], wider.Json["permissions"]!.AsArray().Select(one => (string)one!));
        Assert.Contains("permission_denied", (await client.CallAsync("increment")).Text, StringComparison.Ordinal);
        await AuditedAsync("operator olga left 2 permissions");
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"permissions":null}""")]
    [InlineData("""{"permissions":[null]}""")]
    [InlineData("""{"permissions":["echo"]}""")]
    [InlineData("""{"permissions":[],"permissions":["tool:*"]}""")]
    [InlineData("""{"Permissions":[]}""")]
    [InlineData("""{"permissions":[],"more":1}""")]
    public async Task What_is_no_set_changes_nothing(string body)
    {
        using var client = await _server.Client().OpenAsync();
        (await SendAsync("PUT", $"{Sessions}/{await NameAsync(client)}/permissions", body: body)).Expect(HttpStatusCode.BadRequest);
        Assert.Equal(1, await client.IncrementAsync());
    }

    [Fact]
    public async Task A_session_is_ended_with_its_receipt()
    {
        using var client = await _server.Client().OpenAsync();
        var path = $"{Sessions}/{await NameAsync(client)}";
        (await SendAsync("DELETE", path.Replace("acme", "globex", StringComparison.Ordinal))).Expect(HttpStatusCode.NotFound);
        var receipt = (await SendAsync("DELETE", path)).Expect(HttpStatusCode.OK).Json;
        Assert.Equal("operator", (string?)receipt["reason"]);
        Assert.False(await client.IsAliveAsync());
        (await SendAsync("DELETE", path)).Expect(HttpStatusCode.NotFound);
        await AuditedAsync("operator olga ended the session");
    }

    private Task AuditedAsync(string words, TestServer? server = null) =>
        Eventually.Holds(() => (server ?? _server).ReadAudit().Contains(words, StringComparison.Ordinal), $"the audit said '{words}'");

    private static async Task<string> NameAsync(RawClient client) => DemoTools.WhoAmI(await client.CallTextAsync("whoami")).Session;

    private async Task<RawReply> SendAsync(
        string method, string path, string? key = Olga, string? body = null, Action<HttpRequestMessage>? change = null, TestServer? server = null)
    {
        using var client = (server ?? _server).Client(key);
        return await client.SendAsync(client.Request(new HttpMethod(method), request =>
        {
            request.RequestUri = new Uri(client.Url, path);
            if (method == "PUT")
            {
                request.Content = RawClient.Json(body ?? """{"permissions":[]}""");
            }

            change?.Invoke(request);
        }));
    }

    /// <summary>For all tests of the class that open sessions of their own and look at no others.</summary>
    public sealed class OperatedServer : IAsyncLifetime
    {
        public TestServer Server { get; private set; } = null!;

        public static Task<TestServer> StartAsync() => TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With() with { Operators = [new OperatorConfiguration("olga", ApiKey.Hash(Olga))] },
        });

        public async ValueTask InitializeAsync() => Server = await StartAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
