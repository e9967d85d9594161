using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>The MCP-Protocol-Version header on requests after initialize (2025-06-18 and later).</summary>
public sealed class ProtocolVersionTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("1999-12-31")]
    [InlineData("2024-11-05")]
    [InlineData("latest")]
    [InlineData("2025-11-25, 2025-06-18")]
    public async Task An_unsupported_version_is_a_bad_request_with_every_method(string version)
    {
        using var client = await shared.Server.Client().OpenAsync();
        client.Version = version;
        (await client.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.BadRequest);
        (await client.GetAsync()).Expect(HttpStatusCode.BadRequest);
        (await client.DeleteAsync()).Expect(HttpStatusCode.BadRequest);
        client.Version = "2025-11-25";
        Assert.True(await client.IsAliveAsync());
    }

    [Theory]
    [InlineData("2025-11-25", "2025-06-18")]
    [InlineData("2025-06-18", "2025-11-25")]
    [InlineData("2025-11-25", "2025-03-26")]
    public async Task A_version_other_than_the_negotiated_one_is_a_bad_request(string negotiated, string sent)
    {
        using var client = await shared.Server.Client().OpenAsync(negotiated);
        client.Version = sent;
        var reply = (await client.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.BadRequest);
        Assert.NotNull(reply.Error["code"]);
        client.Version = negotiated;
        Assert.True(await client.IsAliveAsync());
    }

    [Fact]
    public async Task A_missing_version_is_not_held_against_a_client()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-06-18");
        client.Version = null;
        Assert.True(await client.IsAliveAsync());
    }

    [Fact]
    public async Task A_session_does_not_let_a_request_of_the_sessionless_revision_in()
    {
        using var client = await shared.Server.Client().OpenAsync();
        await client.IncrementAsync();
        client.Version = "2026-07-28";
        var reply = await client.CallAsync("increment");
        reply.Expect(HttpStatusCode.BadRequest);
        client.Version = "2025-11-25";
        Assert.Equal(2, await client.IncrementAsync());
    }
}
