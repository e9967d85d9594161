using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using OrleansMcp.Tests.Callers;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams;
using OrleansMcp.Tests.Upstreams.Stock;
using OrleansMcp.Tests.Upstreams.Tokens;

namespace OrleansMcp.Tests.Secrets;

/// <summary>
/// What is left in the memory of a server process of the credentials that its sessions showed to other servers. The caller's own token is not looked for: the
/// web server and the verification of tokens make strings of it, which nobody can erase.
/// </summary>
[Collection(Alone.Collection)]
public sealed class UpstreamMemoryTests : IAsyncLifetime
{
    private readonly ScratchFolder _folder = new();
    private readonly SecretForms _secret = SecretForms.OfText();
    private readonly SecretForms _obtained = SecretForms.OfText();
    private readonly SecretForms _clientSecret = SecretForms.OfText();
    private TestIssuer _callers = null!;
    private TokenIssuer _tokens = null!;
    private StockUpstream _upstream = null!;
    private ServerProcess _server = null!;

    public async ValueTask InitializeAsync()
    {
        (_callers, _tokens, _upstream) = (await TestIssuer.StartAsync(), await TokenIssuer.StartAsync(TimeProvider.System), await StockUpstream.StartAsync(UpstreamEra.Sessions));
        await File.WriteAllBytesAsync(Path.Combine(_folder.Path, "client"), _clientSecret.Bytes);
        var configuration = Path.Combine(_folder.Path, "server.yaml");
        await File.WriteAllTextAsync(configuration, Principals.Yaml(_callers) + Servers());
        _server = new ServerProcess(Path.Combine(_folder.Path, "data"), "--config", configuration);
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _upstream.DisposeAsync();
        await _tokens.DisposeAsync();
        await _callers.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_secret_that_a_server_was_shown_is_in_memory_once_and_not_at_all_after_the_end()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of another process is read through /proc.");
        _upstream.Accepts = value => value == $"Bearer {_secret.Text}";
        using var client = await new RawClient(_server.Url, TestConfiguration.Alice).OpenAsync();
        (await client.PutSecretAsync("github", _secret.Bytes)).Expect(HttpStatusCode.Created);
        await CallAsync(client, "github");
        ProcessMemoryTests.Expect(_server, _secret, expected: 1);
        var receipt = (await client.DeleteAsync()).Expect(HttpStatusCode.OK);
        Assert.Equal((1, 1), ((int)receipt.Json["secretsCleared"]!, (int)receipt.Json["serversClosed"]!));
        ProcessMemoryTests.Expect(_server, _secret, expected: 0);
    }

    [Theory]
    [InlineData("crm")]
    [InlineData("erp")]
    public async Task An_obtained_token_is_in_memory_once_and_not_at_all_after_the_end_and_the_askers_secret_never(string server)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of another process is read through /proc.");
        _upstream.Accepts = value => value == $"Bearer {_obtained.Text}";
        var basic = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{_tokens.ClientId}:{_clientSecret.Text}"));
        var wasAuthenticated = false;
        _tokens.Instead = async context =>
        {
            var form = await context.Request.ReadFormAsync();
            wasAuthenticated = form["client_secret"] == _clientSecret.Text || context.Request.Headers.Authorization == $"Basic {basic}";
            await IssuerFaults.Answer(new JsonObject { ["access_token"] = _obtained.Text, ["token_type"] = "Bearer", ["expires_in"] = 3600 })(context);
        };
        using var client = await new RawClient(_server.Url, _callers.Token().ToString()).OpenAsync();
        await CallAsync(client, server);
        Assert.True(wasAuthenticated);
        ProcessMemoryTests.Expect(_server, _obtained, expected: 1);
        ProcessMemoryTests.Expect(_server, _clientSecret, expected: 0);
        Assert.Equal([0, 0], ProcessMemory.Count(_server.Id, [Encoding.ASCII.GetBytes(basic[20..]), Encoding.Unicode.GetBytes(basic[20..])]));
        Assert.Equal(1, (int)(await client.DeleteAsync()).Expect(HttpStatusCode.OK).Json["secretsCleared"]!);
        ProcessMemoryTests.Expect(_server, _obtained, expected: 0);
        ProcessMemoryTests.Expect(_server, _clientSecret, expected: 0);
    }

    [Fact]
    public async Task Nothing_is_left_of_a_token_that_was_refused_and_renewed_or_came_with_too_much()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The memory of another process is read through /proc.");
        var unused = SecretForms.OfText();
        _upstream.Accepts = value => value == $"Bearer {_obtained.Text}";
        string[] given = [_secret.Text, _obtained.Text];
        _tokens.Instead = context => IssuerFaults.Answer(new JsonObject { ["access_token"] = given[Math.Min(_tokens.Requests.Count, 2) - 1], ["token_type"] = "Bearer" })(context);
        using var client = await new RawClient(_server.Url, _callers.Token().ToString()).OpenAsync();
        await CallAsync(client, "crm");
        ProcessMemoryTests.Expect(_server, _secret, expected: 0);
        ProcessMemoryTests.Expect(_server, _obtained, expected: 1);

        _upstream.Accepts = static _ => false; // It is renewed by an answer that cannot be used.
        _tokens.Instead = IssuerFaults.Answer(new JsonObject { ["access_token"] = unused.Text, ["token_type"] = "Bearer", ["padding"] = new string('x', 100_000) });
        Assert.True((await client.CallAsync("crm__echo", new { text = "hello" })).ToolFailed);
        ProcessMemoryTests.Expect(_server, _obtained, expected: 0);
        ProcessMemoryTests.Expect(_server, unused, expected: 0);
    }

    private static async Task CallAsync(RawClient client, string server)
    {
        for (var call = 0; call < 5; call++)
        {
            Assert.Equal("hello", await client.CallTextAsync($"{server}__echo", new { text = "hello" }));
        }
    }

    private string Servers() => $$"""

        servers:
          github: { url: "{{_upstream.Url}}", private: true, credential: { secret: github, from: client } }
          crm:
            url: {{_upstream.Url}}
            private: true
            credential: { exchange: { endpoint: "{{_tokens.Url}}", private: true, audience: "api://crm", clientId: orleansmcp, clientSecret: { file: "{{Path.Combine(_folder.Path, "client")}}" } } }
          erp:
            url: {{_upstream.Url}}
            private: true
            credential:
              exchange:
                endpoint: {{_tokens.Url}}
                private: true
                grant: onBehalfOf
                scopes: ["api://crm/.default"]
                clientId: orleansmcp
                clientSecret: { file: "{{Path.Combine(_folder.Path, "client")}}" }
                clientAuthentication: post
        """;
}
