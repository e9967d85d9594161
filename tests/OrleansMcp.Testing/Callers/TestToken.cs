using System.Buffers.Text;
using System.Text;
using System.Text.Json.Nodes;

namespace OrleansMcp.Tests.Callers;

/// <summary>A token in the making: everything about it can be changed before it is signed. Made by hand, so that it can be wrong.</summary>
internal sealed class TestToken
{
    private SigningKey _key;

    public TestToken(TestIssuer issuer, string client, string tenant, string subject, string? scopes)
    {
        _key = issuer.Key;
        Header = new JsonObject { ["typ"] = "at+jwt", ["alg"] = _key.Algorithm, ["kid"] = _key.Id };
        Claims = new JsonObject
        {
            ["iss"] = issuer.Url,
            ["aud"] = Principals.Audience,
            ["tid"] = tenant,
            ["azp"] = client,
            ["sub"] = subject,
            ["iat"] = Now(-10),
            ["nbf"] = Now(-10),
            ["exp"] = Now(3600),
            ["jti"] = Guid.NewGuid().ToString("n"),
        };
        if (scopes is not null)
        {
            Claims["scp"] = scopes;
        }
    }

    public JsonObject Header { get; }

    public JsonObject Claims { get; }

    /// <summary>A number of seconds from now, as tokens count time.</summary>
    public static long Now(int seconds) => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + seconds;

    public TestToken With(string claim, JsonNode? value)
    {
        Claims[claim] = value;
        return this;
    }

    public TestToken Without(string claim)
    {
        Claims.Remove(claim);
        return this;
    }

    public TestToken WithHeader(string name, JsonNode? value)
    {
        Header[name] = value;
        return this;
    }

    /// <summary>Signs with a key and says so.</summary>
    public TestToken SignedBy(SigningKey key)
    {
        _key = key;
        (Header["alg"], Header["kid"]) = (key.Algorithm, key.Id);
        return this;
    }

    /// <summary>Signs with a key and pretends that it was the issuer's.</summary>
    public TestToken SignedAsIfBy(SigningKey key)
    {
        var id = Header["kid"]!.GetValue<string>();
        return SignedBy(key).WithHeader("kid", id);
    }

    public string Unsigned() => $"{Part(Header)}.{Part(Claims)}.";

    public override string ToString()
    {
        var signed = $"{Part(Header)}.{Part(Claims)}";
        return $"{signed}.{Base64Url.EncodeToString(_key.Sign(Encoding.ASCII.GetBytes(signed)))}";
    }

    public static string Part(JsonNode json) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json.ToJsonString()));
}
