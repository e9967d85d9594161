using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Tests.Upstreams.Exchanges;
using OrleansMcp.Tests.Upstreams.Scripted;
using OrleansMcp.Upstream.Connections;
using OrleansMcp.Upstream.Credentials;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Tests.Upstreams.Credentials;

/// <summary>What a server sends that contains the credential it was shown goes no further.</summary>
public sealed class EchoTests : IAsyncDisposable
{
    private const string Token = "gho_16+C7e/42=9\"bd";

    private readonly FakeSecrets _secrets = new FakeSecrets().With("token", Encoding.ASCII.GetBytes(Token));
    private readonly LoggedWords _log = new();
    private readonly List<ScriptedUpstream> _upstreams = [];

    public async ValueTask DisposeAsync()
    {
        foreach (var upstream in _upstreams)
        {
            await upstream.DisposeAsync();
        }
    }

    public static TheoryData<string, string> Places => new MatrixTheoryData<string, string>(
        ["Sessions", "Sessionless"], ["result", "name", "error", "event", "log", "list", "escaped", "default", "slashes"]);

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_message_with_it_is_withheld_wherever_it_stands(string era, string place)
    {
        var upstream = await UpstreamAsync(era);
        var method = place == "list" ? "tools/list" : "tools/call";
        upstream.On(method, call => EchoAsync(call, place, Token));
        var (connection, guarded) = await OpenAsync(upstream);
        var withheld = await Assert.ThrowsAsync<UpstreamException>(() => RequestAsync(connection, method));
        Assert.Equal((UpstreamFault.Invalid, "upstream_invalid"), (withheld.Fault, withheld.Code));
        Assert.Equal("The server 'scripted' sent a message that contains the credential it was shown. The message is withheld.", withheld.Message);
        Assert.Null(withheld.InnerException);
        await connection.CloseAsync(CancellationToken.None);
        guarded.Dispose();
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task A_message_with_another_one_is_passed_on(string era, string place)
    {
        var upstream = await UpstreamAsync(era);
        var method = place == "list" ? "tools/list" : "tools/call";
        upstream.On(method, call => EchoAsync(call, place, Token.Replace('b', 'c')));
        var (connection, guarded) = await OpenAsync(upstream);
        if (place == "error")
        {
            await Assert.ThrowsAsync<UpstreamErrorException>(() => RequestAsync(connection, method));
        }
        else
        {
            using var result = await RequestAsync(connection, method);
        }

        await connection.CloseAsync(CancellationToken.None);
        guarded.Dispose();
    }

    [Theory]
    [InlineData("12345678", "{\"a\":\"x12345678y\"}", true)]
    [InlineData("1234567", "{\"a\":\"1234567\"}", false)] // too short to be told from chance
    [InlineData("12345678", "{\"a\":\"1234567\"}", false)]
    [InlineData("12345678", "{\"a\":\"1234567\",\"b\":\"8\"}", false)]
    [InlineData("++++++++", "{\"a\":\"++++++++\"}", true)] // nothing of it is written as it is by all
    [InlineData("++++++++", "{\"a\":\"\\u002b\\u002B\\u002b\\u002b\\u002b\\u002b\\u002b+\"}", true)]
    [InlineData("++++++++", "{\"a\":\"\\u002b\\u002b\"}", false)]
    [InlineData("ab/cdefgh", "{\"ab\\/cdefgh\":1}", true)]
    [InlineData("ab/cdefgh", "{\"a\":\"cdefgh\",\"b\":\"\\n\"}", false)]
    [InlineData("ab\"cdefgh", "{\"a\":\"ab\\\"cdefgh\"}", true)]
    [InlineData("ab/cdefgh", "cdefgh \\", false)] // no JSON, and used for nothing
    [InlineData("ab/cdefgh", "{\"a\":\"cdefgh\\uD800\"}", false)]
    public void It_is_found_as_JSON_writes_it(string secret, string message, bool isFound) =>
        Assert.Equal(isFound, EchoSearch.Contains(Encoding.UTF8.GetBytes(message), Encoding.ASCII.GetBytes(secret)));

    [Fact]
    public void What_was_withheld_is_logged_without_it()
    {
        var credential = new SecretCredential("scripted", new UpstreamCredential(), "token", _secrets);
        var guard = new CredentialGuard("scripted", credential, _log);
        guard.Check("{}"u8);
        Assert.Empty(_log.All);
        Assert.Throws<UpstreamException>(() => guard.Check(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Token))));
        Assert.Equal("Warning: The server scripted sent a message that contains the credential it was shown. The message is withheld. ", _log.All);
        _secrets.Forget("token");
        guard.Check(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(Token))); // Nothing is left to compare it with.
    }

    private static Task EchoAsync(ScriptedCall call, string place, string token) => place switch
    {
        "result" => call.ResultAsync(DecentAnswers.Text($"You sent Bearer {token}.")),
        "name" => call.ResultAsync(new JsonObject { ["content"] = new JsonArray(), [token] = 1 }),
        "error" => call.ErrorAsync(-32602, $"Bad token {token}"),
        "event" => StreamAsync(call, call.Response(DecentAnswers.Text(token))),
        "log" => StreamAsync(
            call,
            new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/message", ["params"] = new JsonObject { ["level"] = "info", ["data"] = token } }.ToJsonString(),
            call.Response(DecentAnswers.Text("fine"))),
        "list" => call.ResultAsync(new JsonObject { ["tools"] = new JsonArray(DecentAnswers.Tool("echo", $"Use it with {token}.")) }),
        "escaped" => call.SendAsync(call.Response(DecentAnswers.Text("@")).Replace("@", string.Concat(token.Select(one => $"\\u{(int)one:x4}")).Replace("\\u0067\\u0068\\u006f\\u005f\\u0031\\u0036", "gho_16", StringComparison.Ordinal), StringComparison.Ordinal)),
        "default" => call.SendAsync(call.Response(DecentAnswers.Text("@")).Replace("\"@\"", JsonSerializer.Serialize(token), StringComparison.Ordinal)),
        _ => call.SendAsync(call.Response(DecentAnswers.Text("@")).Replace("@", token.Replace("/", "\\/", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal)),
    };

    private static async Task StreamAsync(ScriptedCall call, params string[] messages)
    {
        await call.StreamAsync();
        foreach (var message in messages)
        {
            await call.EventAsync(message);
        }
    }

    private async Task<ScriptedUpstream> UpstreamAsync(string era)
    {
        var upstream = await ScriptedUpstream.StartAsync(Enum.Parse<UpstreamEra>(era));
        _upstreams.Add(upstream);
        return upstream;
    }

    private async Task<(IUpstreamConnection Connection, HttpConnector Connector)> OpenAsync(ScriptedUpstream upstream)
    {
        var connector = new HttpConnector([], TimeProvider.System, NullLogger<HttpConnector>.Instance);
        var server = new UpstreamConfiguration { Name = "scripted", Url = upstream.Url, Private = true, Credential = new UpstreamCredential { Secret = "token" } };
        var connection = connector.Connect(server, new FakeSession(_secrets));
        await connection.OpenAsync(new FakeExchange(), TestContext.Current.CancellationToken);
        return (connection, connector);
    }

    private static Task<UpstreamResult> RequestAsync(IUpstreamConnection connection, string method) => connection.RequestAsync(
        new UpstreamPlainRequest(method, new JsonObject { ["name"] = "echo" }, "echo"), new FakeExchange(), TestContext.Current.CancellationToken).AsTask();
}
