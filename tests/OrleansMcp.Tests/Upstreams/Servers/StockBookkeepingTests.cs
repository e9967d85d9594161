using System.Net;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Stock;
using OrleansMcp.Tests.Upstreams.Tokens;

namespace OrleansMcp.Tests.Upstreams.Servers;

/// <summary>What the stock server knows of those who use it.</summary>
public sealed class StockBookkeepingTests
{
    [Fact]
    public async Task Sessions_are_counted_from_their_first_request_to_their_DELETE()
    {
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        using (var first = await new RawClient(upstream.Url, key: null).OpenAsync())
        using (var second = await new RawClient(upstream.Url, key: null).OpenAsync())
        {
            Assert.Equal((2, 2, 0), (upstream.SessionsOpen, upstream.SessionsOpened, upstream.Deletes));
            Assert.Contains(first.SessionId, upstream.SessionIds);
            Assert.Equal("1", await first.CallTextAsync("count"));
            Assert.Equal("1", await second.CallTextAsync("count"));

            (await first.DeleteAsync()).Expect(HttpStatusCode.OK);
            await Eventually.Holds(() => upstream.SessionsOpen == 1, "a session was gone");
            Assert.Equal((2, 1), (upstream.SessionsOpened, upstream.Deletes));
            Assert.Equal(HttpStatusCode.NotFound, (await first.CallAsync("count")).Status);
        }
    }

    [Fact]
    public async Task A_server_that_dies_forgets_its_sessions_and_comes_back_at_its_url()
    {
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessions);
        using var client = await new RawClient(upstream.Url, key: null).OpenAsync();
        var waiting = client.CallAsync("slow");
        await upstream.Gates["slow"].Entered;

        await upstream.StopAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => waiting);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => client.CallAsync("count"));
        Assert.Equal((0, 0), (upstream.SessionsOpen, upstream.ConnectionsOpen));

        await upstream.StartAgainAsync();
        Assert.Equal(HttpStatusCode.NotFound, (await client.CallAsync("count")).Status);
        await client.OpenAsync();
        Assert.Equal("1", await client.CallTextAsync("count"));
        Assert.Equal(2, upstream.SessionsOpened);
    }

    [Fact]
    public async Task It_knows_what_was_sent_to_it()
    {
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessionless);
        using var client = new ModernClient(upstream.Url, "alice-key");
        await client.CallTextAsync("echo", new { text = "in the body" });
        await client.SendAsync("tools/list", change: request => request.Headers.Add("X-Trace", "in a header"));

        Assert.Equal((2, 1, 1), (upstream.Requests.Count, upstream.Requests.Of("tools/call"), upstream.Requests.Of("tools/list")));
        Assert.Equal([ReceivedRequest.HashOf("Bearer alice-key")], upstream.Requests.AuthorizationHashes);
        Assert.True(upstream.Requests.Contain("in the body"));
        Assert.True(upstream.Requests.Contain("in a header"));
        Assert.True(upstream.Requests.Contain("alice-key"));
        Assert.False(upstream.Requests.Contain("nowhere"));
    }

    [Fact]
    public async Task It_takes_only_the_tokens_of_its_issuer_for_itself()
    {
        await using var issuer = await TokenIssuer.StartAsync(TimeProvider.System);
        await using var upstream = await StockUpstream.StartAsync(UpstreamEra.Sessionless);
        upstream.AcceptOnly(issuer, "api://crm");
        using var requests = new TokenClient(issuer);
        var token = await requests.ExchangeAsync("alice", "api://crm");

        Assert.Equal(ReceivedRequest.HashOf($"Bearer {token}"), await CallAsync(token));
        await ExpectChallengeAsync(await requests.ExchangeAsync("alice", "api://other"));
        await ExpectChallengeAsync("made-up");
        await ExpectChallengeAsync(key: null);
        issuer.RevokeOf("alice");
        await ExpectChallengeAsync(token);
        Assert.Equal(4, upstream.Refused);

        async Task<string> CallAsync(string key)
        {
            using var client = new ModernClient(upstream.Url, key);
            return await client.CallTextAsync("whoami");
        }

        async Task ExpectChallengeAsync(string? key)
        {
            using var client = new ModernClient(upstream.Url, key);
            var reply = (await client.CallAsync("whoami")).Expect(HttpStatusCode.Unauthorized);
            var challenge = reply.Headers["WWW-Authenticate"];
            Assert.StartsWith("Bearer ", challenge);
            Assert.Equal(key is not null, challenge.Contains("error=\"invalid_token\"", StringComparison.Ordinal));
        }
    }
}
