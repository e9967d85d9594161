using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace OrleansMcp.Tests.Callers;

/// <summary>A key of an issuer, with its public half as a JSON Web Key.</summary>
internal sealed class SigningKey(string algorithm, Func<byte[], byte[]> sign, JsonObject published, byte[] publicBytes)
{
    public string Algorithm => algorithm;

    public string Id { get; } = Guid.NewGuid().ToString("n");

    /// <summary>The public key as everybody can read it: PEM.</summary>
    public byte[] PublicBytes => publicBytes;

    public JsonNode Published
    {
        get
        {
            var key = published.DeepClone();
            (key["kid"], key["alg"]) = (Id, algorithm);
            return key;
        }
    }

    public byte[] Sign(byte[] bytes) => sign(bytes);

    public static SigningKey Rsa()
    {
        var key = RSA.Create(2048);
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new SigningKey("RS256", bytes => key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1), new JsonObject
        {
            ["kty"] = "RSA",
            ["n"] = Base64Url.EncodeToString(parameters.Modulus),
            ["e"] = Base64Url.EncodeToString(parameters.Exponent),
        }, System.Text.Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()));
    }

    public static SigningKey Elliptic()
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return new SigningKey("ES256", bytes => key.SignData(bytes, HashAlgorithmName.SHA256), new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64Url.EncodeToString(parameters.Q.X),
            ["y"] = Base64Url.EncodeToString(parameters.Q.Y),
        }, System.Text.Encoding.ASCII.GetBytes(key.ExportSubjectPublicKeyInfoPem()));
    }

    /// <summary>A key that whoever verifies could sign with.</summary>
    public static SigningKey Symmetric(byte[] secret) => new(
        "HS256", bytes => HMACSHA256.HashData(secret, bytes), new JsonObject { ["kty"] = "oct", ["k"] = Base64Url.EncodeToString(secret) }, secret);
}
