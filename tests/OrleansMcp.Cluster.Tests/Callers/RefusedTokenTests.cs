using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using OrleansMcp.Tests.Callers;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Callers;

/// <summary>What is wrong with a token makes it prove nobody (RFC 8725; 2025-11-25, authorization, Token Handling).</summary>
public sealed class RefusedTokenTests(IdentityServer shared) : IClassFixture<IdentityServer>
{
    private const int BeyondTheSkew = 60;

    private static readonly Dictionary<string, Func<IdentityServer, object>> s_wrong = new(StringComparer.Ordinal)
    {
        ["an unknown issuer"] = at => at.Issuer.Token().With("iss", "https://login.example.com"),
        ["the issuer with a slash more"] = at => at.Issuer.Token().With("iss", at.Issuer.Url + "/"),
        ["another issuer's name"] = at => at.Issuer.Token().With("iss", at.Other.Url).With("aud", Principals.Resource)
            .With("client", "carol").With("user", "u"),
        ["no issuer"] = at => at.Issuer.Token().Without("iss"),
        ["an issuer that is a number"] = at => at.Issuer.Token().With("iss", 1),
        ["two issuers"] = at => at.Issuer.Token().With("iss", new JsonArray(at.Issuer.Url, at.Other.Url)),

        ["another audience"] = at => at.Issuer.Token().With("aud", "api://other"),
        ["the other issuer's audience alone"] = at => at.Other.Token().With("client", "carol").With("user", "u"),
        ["no audience"] = at => at.Issuer.Token().Without("aud"),
        ["an empty list of audiences"] = at => at.Issuer.Token().With("aud", new JsonArray()),

        ["an expiry that is past"] = at => at.Issuer.Token().With("nbf", TestToken.Now(-7200)).With("exp", TestToken.Now(-BeyondTheSkew)),
        ["no expiry"] = at => at.Issuer.Token().Without("exp"),
        ["a beginning that is to come"] = at => at.Issuer.Token().With("nbf", TestToken.Now(BeyondTheSkew + 5)),

        ["a key that is nobody's"] = at => at.Issuer.Token().SignedBy(SigningKey.Rsa()),
        ["a key that is nobody's under the id of the issuer's"] = at => at.Issuer.Token().SignedAsIfBy(SigningKey.Rsa()),
        ["an elliptic key that is nobody's"] = at => at.Issuer.Token().SignedAsIfBy(SigningKey.Elliptic()),
        ["the other issuer's key"] = at => at.Issuer.Token().SignedBy(at.Other.Key),
        ["a key that it brings along"] = at => BringsItsKey(at.Issuer.Token()),
        ["a place of its own to look for keys"] = at => at.Issuer.Token().SignedBy(at.Other.Key).WithHeader("jku", at.Other.Url + "/keys"),

        ["no algorithm, no signature"] = at => at.Issuer.Token().WithHeader("alg", "none").Unsigned(),
        ["no algorithm, oddly spelled"] = at => at.Issuer.Token().WithHeader("alg", "nOnE").Unsigned(),
        ["no algorithm, a signature"] = at => at.Issuer.Token().WithHeader("alg", "none"),
        ["an algorithm, no signature"] = at => at.Issuer.Token().Unsigned(),
        ["the public key as a shared secret"] = at => at.Issuer.Token().SignedAsIfBy(SigningKey.Symmetric(at.Issuer.Key.PublicBytes)),
        ["the modulus as a shared secret"] = at => at.Issuer.Token().SignedAsIfBy(
            SigningKey.Symmetric(Base64Url.DecodeFromChars((string)at.Issuer.Key.Published["n"]!))),
        ["a changed claim"] = at => Changed(at.Issuer.Token(), "azp", Principals.Bob),

        ["an unknown tenant"] = at => at.Issuer.Token(tenant: Guid.NewGuid().ToString()),
        ["a tenant's own id where ids are mapped"] = at => at.Issuer.Token(tenant: "acme"),
        ["no tenant"] = at => at.Issuer.Token().Without("tid"),
        ["two tenants"] = at => at.Issuer.Token().With("tid", new JsonArray(Principals.Acme, Principals.Globex)),
        ["an unknown client"] = at => at.Issuer.Token(client: Guid.NewGuid().ToString()),
        ["a client of another tenant"] = at => at.Issuer.Token(Principals.Carol, Principals.Acme),
        ["no client"] = at => at.Issuer.Token().Without("azp"),
        ["no subject"] = at => at.Issuer.Token().Without("sub"),
        ["an empty subject"] = at => at.Issuer.Token(subject: ""),
        ["a subject that is a number"] = at => Carol(at, 1),
        ["a subject that is an object"] = at => Carol(at, new JsonObject { ["id"] = "user-1" }),
        ["two subjects"] = at => Carol(at, new JsonArray("user-1", "user-2")),
        ["a subject without end"] = at => at.Issuer.Token(subject: new string('s', 256)),

        ["nothing in its parts"] = _ => "..",
        ["no JSON in its parts"] = _ => "abcd.abcd.abcd",
        ["no Base64 in its parts"] = _ => "!.!.!",
        ["an array for claims"] = at => $"{TestToken.Part(at.Issuer.Token().Header)}.{TestToken.Part(new JsonArray())}.AAAA",
        ["null for claims"] = at => $"{TestToken.Part(at.Issuer.Token().Header)}.bnVsbA.AAAA",
        ["null for a header"] = at => $"bnVsbA.{TestToken.Part(at.Issuer.Token().Claims)}.AAAA",
        ["claims without an end"] = at => $"{TestToken.Part(at.Issuer.Token().Header)}.{TestToken.Part(at.Issuer.Token().Claims)[..40]}.AAAA",
        ["a word after it"] = at => at.Issuer.Token() + " demo-alice",
        ["a key after it"] = at => at.Issuer.Token() + ", Bearer demo-alice",
        ["a part too many"] = at => at.Issuer.Token() + ".AAAA",
    };

    public static TheoryData<string> Wrong => [.. s_wrong.Keys];

    [Theory]
    [MemberData(nameof(Wrong))]
    public Task A_token_is_refused_with(string what) => Refused.ExpectAsync(shared.Server, s_wrong[what](shared).ToString()!);

    [Fact]
    public async Task Without_anything_wrong_it_is_accepted()
    {
        using var client = await shared.Client(shared.Issuer.Token()).OpenAsync();
        Assert.True(await client.IsAliveAsync());
    }

    [Fact]
    public async Task A_shared_secret_is_refused_even_if_the_issuer_publishes_it()
    {
        await using var issuer = await TestIssuer.StartAsync();
        var secret = SigningKey.Symmetric(RandomNumberGenerator.GetBytes(64));
        issuer.MoreKeys = [secret];
        await using var server = await TestServer.StartAsync(new() { Configuration = Principals.Configuration(issuer) });
        await Refused.ExpectAsync(server, issuer.Token().SignedBy(secret).ToString());
        using var client = await server.Client(issuer.Token().ToString()).OpenAsync();
        Assert.True(await client.IsAliveAsync());
    }

    [Theory]
    [InlineData("access_token")]
    [InlineData("token")]
    public async Task A_token_in_the_query_is_not_looked_at(string name)
    {
        using var client = shared.Server.Client(null);
        client.Url = new Uri(client.Url, $"/mcp?{name}={shared.Issuer.Token()}");
        var reply = await client.PostAsync(Rpc.Initialize(1, "2025-11-25"));
        reply.Expect(HttpStatusCode.Unauthorized);
        Assert.DoesNotContain("error=", reply.Headers["WWW-Authenticate"], StringComparison.Ordinal);
    }

    private static TestToken Carol(IdentityServer at, JsonNode subject) =>
        at.Other.Token().With("aud", Principals.Resource).With("client", "carol").With("user", subject);

    private static TestToken BringsItsKey(TestToken token)
    {
        var key = SigningKey.Rsa();
        return token.SignedBy(key).WithHeader("jwk", key.Published);
    }

    private static string Changed(TestToken token, string claim, string value)
    {
        var parts = token.ToString().Split('.');
        return $"{parts[0]}.{TestToken.Part(token.With(claim, value).Claims)}.{parts[2]}";
    }
}
