using System.Net;
using OrleansMcp.Tests.Callers;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Callers;

/// <summary>Two issuers and a cluster that trusts them, for the tests of a class.</summary>
public sealed class IdentityServer : IAsyncLifetime
{
    internal TestIssuer Issuer { get; private set; } = null!;

    internal TestIssuer Other { get; private set; } = null!;

    internal TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        (Issuer, Other) = (await TestIssuer.StartAsync(), await TestIssuer.StartAsync());
        Server = await TestServer.StartAsync(new TestServerOptions { Configuration = Principals.Configuration(Issuer, Other) });
    }

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        await Issuer.DisposeAsync();
        await Other.DisposeAsync();
    }

    internal RawClient Client(TestToken token) => Server.Client(token.ToString());
}

internal static class Refused
{
    /// <summary>Sends a credential and expects that it proves nobody, in words that say nothing about it.</summary>
    public static async Task ExpectAsync(TestServer server, string credential)
    {
        using var client = server.Client(null);
        var reply = (await client.PostAsync(
            Rpc.Initialize(1, "2025-11-25"), request => request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + credential)))
            .Expect(HttpStatusCode.Unauthorized);
        Assert.Contains("error=\"invalid_token\"", reply.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Null(reply.SessionId);
        Assert.Equal(
            """{"jsonrpc":"2.0","error":{"code":-32000,"message":"A valid credential is needed."}}""", reply.Json.ToJsonString());
        Assert.All(
            credential.Split('.').Where(part => part.Length > 3),
            part => Assert.DoesNotContain(part, reply.Text + string.Concat(reply.Headers.Values), StringComparison.Ordinal));
    }
}
