using System.Net;
using System.Text.Json.Nodes;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Callers;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Stock;
using OrleansMcp.Tests.Upstreams.Tokens;

namespace OrleansMcp.Tests.Upstreams;

/// <summary>
/// Callers with tokens of an identity provider use a server that wants tokens of its own: each caller's is exchanged, and nothing but what was obtained reaches
/// the server.
/// </summary>
public abstract class TokenExchangeContract : IAsyncLifetime
{
    private const string Audience = "api://crm";

    private readonly ScratchFolder _folder = new();
    private TestIssuer _callers = null!;
    private TokenIssuer _tokens = null!;
    private StockUpstream _sessions = null!;
    private StockUpstream _sessionless = null!;

    protected TestServer Server { get; private set; } = null!;

    /// <summary>How servers are called whose tokens are obtained by either grant.</summary>
    public static TheoryData<string> Servers => ["crm", "erp"];

    public async ValueTask InitializeAsync()
    {
        (_callers, _tokens) = (await TestIssuer.StartAsync(), await TokenIssuer.StartAsync(TimeProvider.System));
        (_sessions, _sessionless) = (await StockUpstream.StartAsync(UpstreamEra.Sessions), await StockUpstream.StartAsync(UpstreamEra.Sessionless));
        _sessions.AcceptOnly(_tokens, Audience);
        _sessionless.AcceptOnly(_tokens, Audience);
        var secret = Path.Combine(_folder.Path, "client");
        await File.WriteAllTextAsync(secret, _tokens.ClientSecret);
        Server = await TestServer.StartAsync(new TestServerOptions { Configuration = ConfigurationFile.Parse(Principals.Yaml(_callers) + Upstreams(secret), "test.yaml") });
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await _sessionless.DisposeAsync();
        await _sessions.DisposeAsync();
        await _tokens.DisposeAsync();
        await _callers.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Only_what_was_obtained_for_the_callers_token_reaches_the_server(string server)
    {
        var token = TokenOf("user-1");
        using var client = await Server.Client(token).OpenAsync();
        Assert.Equal("hello", await client.CallTextAsync($"{server}__echo", new { text = "hello" }));
        Assert.Equal("again", await client.CallTextAsync($"{server}__echo", new { text = "again" }));
        var issued = Assert.Single(_tokens.Issued);
        Assert.Equal(ReceivedRequest.HashOf(token), issued.SubjectHash);
        ExpectNothingOf(token);
        var receipt = (await client.DeleteAsync()).Expect(HttpStatusCode.OK);
        Assert.Equal((1, 1), ((int)receipt.Json["secretsCleared"]!, (int)receipt.Json["serversClosed"]!));
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task Clients_without_sessions_have_it_too(string server)
    {
        var token = TokenOf("user-1");
        using var client = Server.Modern(token);
        Assert.Equal("hello", await client.CallTextAsync($"{server}__echo", new { text = "hello" }));
        Assert.Equal(ReceivedRequest.HashOf(token), Assert.Single(_tokens.Issued).SubjectHash);
        ExpectNothingOf(token);
    }

    [Fact]
    public async Task Two_users_have_tokens_of_their_own()
    {
        var (one, other) = (TokenOf("user-1"), TokenOf("user-2"));
        using var first = await Server.Client(one).OpenAsync();
        using var second = await Server.Client(other).OpenAsync();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 10).Select(async call => (Call: call, Hash: await (call % 2 == 0 ? first : second).CallTextAsync("crm__whoami"))));
        Assert.Equal(2, _tokens.Exchanges);
        Assert.Equal(
            new[] { ReceivedRequest.HashOf(one), ReceivedRequest.HashOf(other) }.Order(), _tokens.Issued.Select(token => token.SubjectHash).Order());
        Assert.Equal(2, answers.Select(answer => (answer.Call % 2, answer.Hash)).Distinct().Count());
        Assert.Equal(2, answers.Select(answer => answer.Hash).Distinct().Count());
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_token_that_the_server_takes_no_more_is_renewed_once_with_the_token_of_the_request_that_needs_it(string server)
    {
        var upstream = server == "crm" ? _sessions : _sessionless;
        var (former, refreshed) = (TokenOf("user-1"), TokenOf("user-1"));
        Assert.NotEqual(former, refreshed);
        using var client = await Server.Client(former).OpenAsync();
        await client.CallTextAsync($"{server}__echo", new { text = "before" });
        _tokens.RevokeAll();
        client.Key = refreshed;
        var (refused, calls) = (upstream.Refused, upstream.Requests.Of("tools/call"));
        Assert.Equal("after", await client.CallTextAsync($"{server}__echo", new { text = "after" }));
        Assert.Equal([ReceivedRequest.HashOf(former), ReceivedRequest.HashOf(refreshed)], _tokens.Issued.Select(token => token.SubjectHash));
        Assert.Equal((1, 2), (upstream.Refused - refused, upstream.Requests.Of("tools/call") - calls));
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_server_that_takes_none_is_asked_twice_and_no_more(string server)
    {
        var upstream = server == "crm" ? _sessions : _sessionless;
        using var client = await Server.Client(TokenOf("user-1")).OpenAsync();
        await client.CallTextAsync($"{server}__echo", new { text = "before" });
        upstream.Accepts = static _ => false;
        var calls = upstream.Requests.Of("tools/call");
        var reply = (await client.CallAsync($"{server}__echo", new { text = "after" })).Expect(HttpStatusCode.OK);
        Assert.Equal("upstream_unauthorized", (string?)Details(reply)["code"]);
        Assert.Equal($"The server '{server}' did not accept the token that was obtained for the caller's (HTTP 401).", (string?)Details(reply)["message"]);
        Assert.Equal((2, 2), (_tokens.Exchanges, upstream.Requests.Of("tools/call") - calls));
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public async Task A_caller_with_an_API_key_is_told_what_it_lacks_each_time(string server)
    {
        using var client = await Server.Client().OpenAsync();
        for (var call = 0; call < 2; call++)
        {
            var reply = (await client.CallAsync($"{server}__echo", new { text = "hello" })).Expect(HttpStatusCode.OK);
                Assert.Equal(("upstream_unauthorized", server), ((string?)Details(reply)["code"], (string?)Details(reply)["server"]));
            Assert.Equal(
                $"The server '{server}' needs a token that is obtained for a token of the caller's, and this call came without one: it was authenticated by an API key or a certificate.",
                (string?)Details(reply)["message"]);
        }

        Assert.NotEmpty((await client.PostAsync(Rpc.Request(1, "tools/list"))).Expect(HttpStatusCode.OK).Result["tools"]!.AsArray());
        Assert.Equal((0, 0, 0), (_tokens.Requests.Count, _sessions.Requests.Count, _sessionless.Requests.Count));
    }

    [Fact]
    public async Task What_the_token_endpoint_refuses_is_told_by_its_code()
    {
        _tokens.AcceptsSubject = static _ => false;
        using var client = await Server.Client(TokenOf("user-1")).OpenAsync();
        var reply = (await client.CallAsync("erp__echo", new { text = "hello" })).Expect(HttpStatusCode.OK);
        Assert.Equal(("upstream_unauthorized", "invalid_grant"), ((string?)Details(reply)["code"], (string?)Details(reply)["tokenError"]));
        Assert.Equal((0, 0), (_sessions.Requests.Count, _sessionless.Requests.Count));
    }

    /// <summary>A token of a user of alice's, unlike any other.</summary>
    protected string TokenOf(string user) => _callers.Token(subject: user).ToString();

    private static JsonNode Details(RawReply reply)
    {
        Assert.True(reply.ToolFailed, reply.Text);
        return reply.Result["structuredContent"]!;
    }

    private void ExpectNothingOf(string token)
    {
        foreach (var upstream in new[] { _sessions, _sessionless })
        {
            Assert.All(token.Split('.'), part => Assert.False(upstream.Requests.Contain(part), "A part of the caller's token reached a server."));
            Assert.False(upstream.Requests.Contain(_tokens.ClientSecret), "The secret of the token endpoint reached a server.");
        }
    }

    private string Upstreams(string secret) => $$"""

        servers:
          crm:
            url: {{_sessions.Url}}
            private: true
            credential:
              exchange: { endpoint: "{{_tokens.Url}}", private: true, audience: "{{Audience}}", scopes: [crm.read], clientId: {{_tokens.ClientId}}, clientSecret: { file: "{{secret}}" } }
          erp:
            url: {{_sessionless.Url}}
            private: true
            credential:
              exchange:
                endpoint: {{_tokens.Url}}
                private: true
                grant: onBehalfOf
                scopes: ["{{Audience}}/.default"]
                clientId: {{_tokens.ClientId}}
                clientSecret: { file: "{{secret}}" }
                clientAuthentication: post
        """;
}
