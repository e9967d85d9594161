using System.Text;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams;

namespace OrleansMcp.Cluster.Tests.Gateways;

/// <summary>The token comes to a gateway, and is exchanged in a silo.</summary>
public sealed class GatewayTokenExchangeTests : TokenExchangeContract
{
    [Fact]
    public async Task Between_a_gateway_and_a_silo_a_token_is_sealed()
    {
        var token = TokenOf("user-1");
        using var client = await Server.Client(token).OpenAsync();
        await client.CallTextAsync("crm__echo", new { text = "hello" });
        await client.CallTextAsync("erp__echo", new { text = "hello" });
        var calls = Server.World.SealedTokens.Calls;
        Assert.True(calls.Count >= 2);
        Assert.All(calls, call => Assert.Null(call.Options.Token));
        foreach (var part in token.Split('.').Select(part => Encoding.ASCII.GetBytes(part)[..16]))
        {
            Assert.All(calls, call => Assert.True(call.Options.SealedToken.AsSpan().IndexOf(part) < 0, "A part of the token is readable."));
        }

        Assert.Equal(calls.Count, calls.Select(call => Convert.ToHexString(call.Options.SealedToken!)).Distinct().Count());
    }

    [Fact]
    public async Task Callers_with_API_keys_send_nothing_of_the_kind()
    {
        using var client = await Server.Client().OpenAsync();
        await client.CallTextAsync("whoami");
        Assert.Empty(Server.World.SealedTokens.Calls);
    }
}
