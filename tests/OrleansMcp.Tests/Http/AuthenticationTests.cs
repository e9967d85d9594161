using System.Net;
using System.Net.Http.Headers;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>The caller is who the credential says, and nobody without one.</summary>
public sealed class AuthenticationTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData(null)]
    [InlineData("Bearer wrong")]
    [InlineData("Bearer ")]
    [InlineData("Bearer")]
    [InlineData("Basic ZGVtby1hbGljZTo=")]
    [InlineData("demo-alice")]
    [InlineData("Bearer demo-alice2")]
    [InlineData("Bearer DEMO-ALICE")]
    [InlineData("Bearer demo-alice demo-alice")]
    public async Task Without_a_valid_key_every_method_is_401_with_a_challenge(string? authorization)
    {
        using var owner = await shared.Server.Client().OpenAsync();
        using var client = owner.As(null);
        await Expect401(client.PostAsync(Rpc.Initialize(1, "2025-11-25"), Change));
        await Expect401(client.PostAsync(Rpc.Request(1, "ping"), Change));
        await Expect401(client.GetAsync(change: Change));
        await Expect401(client.DeleteAsync(Change));
        Assert.True(await owner.IsAliveAsync());

        void Change(HttpRequestMessage request)
        {
            request.Headers.Remove("Authorization");
            if (authorization is not null)
            {
                request.Headers.TryAddWithoutValidation("Authorization", authorization);
            }
        }

        static async Task Expect401(Task<RawReply> sent)
        {
            var reply = (await sent).Expect(HttpStatusCode.Unauthorized);
            Assert.StartsWith("Bearer", reply.Headers["WWW-Authenticate"], StringComparison.Ordinal);
            Assert.Null(reply.SessionId);
        }
    }

    [Fact]
    public async Task Two_credentials_in_one_request_are_none()
    {
        using var client = shared.Server.Client(null);
        var reply = await client.PostAsync(Rpc.Initialize(1, "2025-11-25"), request =>
        {
            request.Headers.TryAddWithoutValidation("Authorization", ["Bearer demo-alice", "Bearer demo-bob"]);
        });
        Assert.True(reply.Status is HttpStatusCode.Unauthorized or HttpStatusCode.BadRequest, $"{(int)reply.Status}");
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("key")]
    [InlineData("api_key")]
    [InlineData("token")]
    public async Task A_key_in_the_query_is_not_accepted(string name)
    {
        using var client = shared.Server.Client(null);
        client.Url = new Uri(client.Url, $"/mcp?{name}=demo-alice");
        (await client.PostAsync(Rpc.Initialize(1, "2025-11-25"))).Expect(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task The_scheme_is_compared_without_case()
    {
        using var client = shared.Server.Client(null);
        var reply = await client.PostAsync(
            Rpc.Initialize(1, "2025-11-25"), request => request.Headers.Authorization = new AuthenticationHeaderValue("bearer", "demo-alice"));
        reply.Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_session_id_is_never_authentication()
    {
        using var owner = await shared.Server.Client().OpenAsync();
        using var client = owner.As(null);
        (await client.CallAsync("increment")).Expect(HttpStatusCode.Unauthorized);
        (await client.DeleteAsync()).Expect(HttpStatusCode.Unauthorized);
        Assert.Equal(1, await owner.IncrementAsync());
    }

    [Theory]
    [InlineData("demo-alice", "acme", "alice")]
    [InlineData("demo-bob", "acme", "bob")]
    [InlineData("demo-carol", "globex", "carol")]
    public async Task The_tenant_and_the_client_come_from_the_key(string key, string tenant, string client)
    {
        using var session = await shared.Server.Client(key).OpenAsync();
        var who = DemoTools.WhoAmI(await session.CallTextAsync("whoami"));
        Assert.Equal((tenant, client), (who.Tenant, who.Client));
    }

    [Fact]
    public async Task Arguments_and_headers_that_name_another_tenant_change_nothing()
    {
        using var session = await shared.Server.Client().OpenAsync();
        var reply = await session.PostAsync(
            Rpc.Call(1, "whoami", new { tenant = "globex", client = "carol" }),
            request =>
            {
                request.Headers.TryAddWithoutValidation("X-Tenant", "globex");
                request.Headers.TryAddWithoutValidation("X-Forwarded-User", "carol");
            });
        if (reply.Answer["error"] is null && !reply.ToolFailed)
        {
            var who = DemoTools.WhoAmI(reply.ToolText);
            Assert.Equal(("acme", "alice"), (who.Tenant, who.Client));
        }

        Assert.DoesNotContain("globex", reply.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoami_does_not_give_the_session_id_away()
    {
        using var session = await shared.Server.Client().OpenAsync();
        var text = await session.CallTextAsync("whoami");
        Assert.All(session.SessionId!.Split('.'), part => Assert.DoesNotContain(part, text, StringComparison.Ordinal));
    }
}
