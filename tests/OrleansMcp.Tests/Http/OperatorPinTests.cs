using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Configuration;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Pins;

namespace OrleansMcp.Tests.Http;

/// <summary>/ops/tenants/{tenant}/servers/{server}/tools over real HTTP: what is not understood changes nothing.</summary>
public sealed class OperatorPinTests(OperatorPinTests.PinningServer pinning) : IClassFixture<OperatorPinTests.PinningServer>
{
    private const string Tools = "/ops/tenants/acme/servers/github/tools";

    public static string Digest { get; } = PinBench.DigestOf("search", "Finds more.");

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"all":true}""")]
    [InlineData("""{"tools":[]}""")]
    [InlineData("""{"tools":[null]}""")]
    [InlineData("""{"tool":"github__search"}""")]
    [InlineData("""{"digest":"DIGEST"}""")]
    [InlineData("""{"tools":[{"tool":"github__search"}]}""")]
    [InlineData("""{"tool":"github__search","digest":"DIGEST","more":1}""")]
    [InlineData("""{"tool":"github__search","Digest":"DIGEST"}""")]
    [InlineData("""{"tool":"github__search","digest":"DIGEST","digest":"DIGEST"}""")]
    [InlineData("""{"tool":"github__search","digest":"DIGEST","tools":[]}""")]
    [InlineData("""{"tools":[{"tool":"github__search","digest":"DIGEST"},{"tool":"github__search","digest":"DIGEST"}]}""")]
    public async Task What_is_not_understood_approves_nothing(string body)
    {
        (await SendAsync("POST", Tools, body.Replace("DIGEST", Digest, StringComparison.Ordinal))).Expect(HttpStatusCode.BadRequest);
        Assert.Equal("changed", await StateAsync());
    }

    [Fact]
    public async Task A_digest_is_approved_as_it_is_or_not_at_all()
    {
        foreach (var digest in new[] { Digest.ToUpperInvariant(), Digest[..32], "" })
        {
            (await SendAsync("POST", Tools, $$"""{"tool":"github__search","digest":"{{digest}}"}""")).Expect(HttpStatusCode.Conflict);
        }

        Assert.Equal("changed", await StateAsync());
    }

    [Theory]
    [InlineData("")]
    [InlineData("?")]
    [InlineData("?tool=")]
    [InlineData("?tools=github__search")]
    [InlineData("?all=1")]
    [InlineData("?all=true&tool=github__search")]
    [InlineData("?tool=github__search&more=1")]
    public async Task What_is_not_understood_forgets_nothing(string query)
    {
        (await SendAsync("DELETE", Tools + query)).Expect(HttpStatusCode.BadRequest);
        Assert.Equal("changed", await StateAsync());
    }

    [Fact]
    public async Task Other_tenants_servers_methods_and_types_are_not_there()
    {
        foreach (var method in new[] { "GET", "POST", "DELETE" })
        {
            (await SendAsync(method, "/ops/tenants/initech/servers/github/tools", "{}")).Expect(HttpStatusCode.NotFound);
            (await SendAsync(method, "/ops/tenants/acme/servers/gitlab/tools", "{}")).Expect(HttpStatusCode.NotFound);
        }

        Assert.Equal("GET, POST, DELETE", (await SendAsync("PUT", Tools, "{}")).Expect(HttpStatusCode.MethodNotAllowed).Headers["Allow"]);
        (await SendAsync("GET", Tools + "?limit=0")).Expect(HttpStatusCode.BadRequest);
        (await SendAsync("POST", Tools, "{}", "text/plain")).Expect(HttpStatusCode.UnsupportedMediaType);
        Assert.Empty((await SendAsync("GET", Tools.Replace("acme", "globex", StringComparison.Ordinal))).Expect(HttpStatusCode.OK).Json["tools"]!.AsArray());
    }

    [Fact]
    public async Task What_cannot_be_seen_is_written_so_that_it_can()
    {
        var text = (await SendAsync("GET", Tools)).Expect(HttpStatusCode.OK).Text;
        Assert.All(text, static letter => Assert.InRange(letter, ' ', '~'));
    }

    private async Task<string> StateAsync() => (string)Assert.Single((await SendAsync("GET", Tools)).Expect(HttpStatusCode.OK).Json["tools"]!.AsArray())!["state"]!;

    private async Task<RawReply> SendAsync(string method, string path, string? body = null, string type = "application/json")
    {
        using var client = pinning.Server.Client(PinningServer.Olga);
        return await client.SendAsync(client.Request(new HttpMethod(method), request =>
        {
            request.RequestUri = new Uri(client.Url, path);
            request.Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, type);
        }));
    }

    /// <summary>A server where a tool of another server has changed since it was approved.</summary>
    public sealed class PinningServer : IAsyncLifetime
    {
        public const string Olga = "key-of-olga";

        public TestServer Server { get; private set; } = null!;

        /// <summary>With the tools that <paramref name="descriptions"/> give one definition after the other.</summary>
        public static async Task<TestServer> StartAsync(params (string Name, string[] Descriptions)[] descriptions)
        {
            var bench = new PinBench();
            var server = await TestServer.StartAsync(new TestServerOptions { Configuration = bench.Configuration with { Operators = [new OperatorConfiguration("olga", ApiKey.Hash(Olga))] } });
            foreach (var (name, several) in descriptions)
            {
                foreach (var description in several)
                {
                    var listing = PinBench.ListingOf(PinBench.Alice, withDefinitions: true, [PinBench.Tool(name, description)]);
                    await server.Services.GetRequiredService<ITenantDirectory>().Get("acme").JudgeToolsAsync(listing, CancellationToken.None);
                }
            }

            return server;
        }

        public async ValueTask InitializeAsync() => Server = await StartAsync(("search", ["Finds.\u200b\ud83d\ude00", "Finds more."]));

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
