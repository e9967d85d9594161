using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Tests.Upstreams.Scripted;
using OrleansMcp.Upstream.Connections;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Tests.Upstreams.Credentials;

/// <summary>A secret of the session on a connection to a server of either era.</summary>
public sealed class SecretCredentialTests : IAsyncDisposable
{
    private readonly FakeSecrets _secrets = new FakeSecrets().With("token", "hunter2-hunter2"u8);
    private readonly HttpConnector _connector = new([], TimeProvider.System, NullLogger<HttpConnector>.Instance);
    private readonly FakeExchange _call = new();
    private ScriptedUpstream? _upstream;

    public async ValueTask DisposeAsync()
    {
        _connector.Dispose();
        if (_upstream is not null)
        {
            await _upstream.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(nameof(UpstreamEra.Sessions))]
    [InlineData(nameof(UpstreamEra.Sessionless))]
    public async Task Each_request_has_it(string era)
    {
        var connection = await OpenAsync(era, new UpstreamCredential { Secret = "token", Header = "X-Token", Format = "v1 {0} (ours)" });
        using var result = await CallAsync(connection);
        await connection.CloseAsync(CancellationToken.None);
        Assert.True(_upstream!.Requests.Count > 2);
        Assert.All(_upstream.Requests.Kept, request => Assert.Equal("v1 hunter2-hunter2 (ours)", request.Headers["X-Token"]));
    }

    [Theory]
    [InlineData(nameof(UpstreamEra.Sessions), 401)]
    [InlineData(nameof(UpstreamEra.Sessions), 403)]
    [InlineData(nameof(UpstreamEra.Sessionless), 401)]
    public async Task A_refusal_names_it_and_is_final(string era, int status)
    {
        var connection = await OpenAsync(era, new UpstreamCredential { Secret = "token" });
        _upstream!.On("tools/call", call => call.SendAsync("hunter2-hunter2", status: status));
        var refused = await Assert.ThrowsAsync<UpstreamException>(() => CallAsync(connection));
        Assert.Equal((UpstreamFault.Unauthorized, "upstream_unauthorized"), (refused.Fault, refused.Code));
        Assert.Equal($"The server 'scripted' did not accept the session's secret 'token' (HTTP {status}).", refused.Message);
        Assert.Equal("token", (string?)refused.Details()["secret"]);
        Assert.Equal(1, _upstream.Requests.Of("tools/call"));
        await connection.CloseAsync(CancellationToken.None);
    }

    [Fact]
    public async Task Without_it_the_server_hears_nothing()
    {
        _secrets.Forget("token");
        var opening = OpenAsync(nameof(UpstreamEra.Sessions), new UpstreamCredential { Secret = "token" });
        Assert.Equal("token", (await Assert.ThrowsAsync<SecretUnavailableException>(() => opening)).Name);
        Assert.Equal((0, 0), (_upstream!.Requests.Count, _upstream.ConnectionsOpened));
    }

    [Fact]
    public async Task Where_none_is_configured_a_refusal_says_so()
    {
        var connection = await OpenAsync(nameof(UpstreamEra.Sessions), credential: null);
        _upstream!.On("tools/call", call =>
        {
            call.Context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        });
        var refused = await Assert.ThrowsAsync<UpstreamException>(() => CallAsync(connection));
        Assert.Equal("The server 'scripted' wants a credential, and none is configured (HTTP 401).", refused.Message);
        Assert.Null(refused.Details()["secret"]);
        await connection.CloseAsync(CancellationToken.None);
    }

    private async Task<IUpstreamConnection> OpenAsync(string era, UpstreamCredential? credential)
    {
        _upstream = await ScriptedUpstream.StartAsync(Enum.Parse<UpstreamEra>(era));
        var server = new UpstreamConfiguration { Name = "scripted", Url = _upstream.Url, Private = true, Credential = credential };
        var connection = _connector.Connect(server, new FakeSession(_secrets));
        await connection.OpenAsync(_call, TestContext.Current.CancellationToken);
        return connection;
    }

    private Task<UpstreamResult> CallAsync(IUpstreamConnection connection) => connection.RequestAsync(
        new UpstreamPlainRequest("tools/call", new JsonObject { ["name"] = "echo" }, "echo"), _call, TestContext.Current.CancellationToken).AsTask();
}
