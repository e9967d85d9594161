using System.Security.Cryptography;
using System.Text;

namespace OrleansMcp.Secrets;

/// <summary>
/// The form in which a secret crosses from a front end to its session's actor: sealed to the key pair of the one activation that may open
/// it. ECDH on P-256 between a fresh key and the activation's, HKDF-SHA256 over both public keys, AES-256-GCM with the
/// <see cref="SecretBinding"/> as associated data.
/// </summary>
/// <remarks>
/// <c>version (1) | key id (8) | fresh public point, x and y (64) | ciphertext | tag (16)</c>. The point is in the derivation as it
/// stands there, so that an envelope has one form only. The key of AES serves one message; its nonce is derived with it.
/// </remarks>
public static class SealedSecret
{
    internal const byte Version = 1;
    internal const int KeyIdBytes = 8;
    internal const int CoordinateBytes = 32;
    internal const int PointBytes = 2 * CoordinateBytes;
    internal const int PointOffset = 1 + KeyIdBytes;
    internal const int HeadBytes = PointOffset + PointBytes;
    internal const int TagBytes = 16;
    private const int CipherKeyBytes = 32;
    private const int NonceBytes = 12;

    private static readonly byte[] s_label = Encoding.ASCII.GetBytes("OrleansMcp sealed secret 1");

    /// <summary>What an envelope adds to the length of its secret, bytes.</summary>
    public const int Overhead = HeadBytes + TagBytes;

    /// <summary>Seals a secret. The caller zeroes the secret afterwards.</summary>
    /// <param name="publicKey">The activation's public key, a SubjectPublicKeyInfo.</param>
    /// <param name="binding">What it is sealed for.</param>
    /// <param name="secret">The secret.</param>
    /// <exception cref="CryptographicException">The public key is none of P-256.</exception>
    public static byte[] Seal(ReadOnlySpan<byte> publicKey, SecretBinding binding, ReadOnlySpan<byte> secret)
    {
        using var recipient = ECDiffieHellman.Create();
        recipient.ImportSubjectPublicKeyInfo(publicKey, out _);
        var recipientPoint = PointOf(recipient);
        using var fresh = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);

        var envelope = new byte[Overhead + secret.Length];
        envelope[0] = Version;
        KeyId(publicKey, envelope.AsSpan(1, KeyIdBytes));
        PointOf(fresh).CopyTo(envelope, PointOffset);
        var point = envelope.AsSpan(PointOffset, PointBytes);
        Span<byte> keys = stackalloc byte[CipherKeyBytes + NonceBytes];
        Derive(fresh, recipient, point, recipientPoint, keys);
        try
        {
            using var cipher = new AesGcm(keys[..CipherKeyBytes], TagBytes);
            cipher.Encrypt(
                keys[CipherKeyBytes..], secret, envelope.AsSpan(HeadBytes, secret.Length), envelope.AsSpan(HeadBytes + secret.Length),
                binding.ToBytes(Version));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }

        return envelope;
    }

    /// <summary>Opens an envelope into a pinned buffer. Null when it was not sealed for this key and binding, or was changed.</summary>
    internal static byte[]? Open(ECDiffieHellman pair, SecretBinding binding, ReadOnlySpan<byte> envelope)
    {
        var point = envelope.Slice(PointOffset, PointBytes);
        var secret = SecretBuffer.Allocate(envelope.Length - Overhead);
        Span<byte> keys = stackalloc byte[CipherKeyBytes + NonceBytes];
        try
        {
            using var fresh = ECDiffieHellman.Create(Parameters(point));
            Derive(pair, fresh, point, PointOf(pair), keys);
            using var cipher = new AesGcm(keys[..CipherKeyBytes], TagBytes);
            cipher.Decrypt(keys[CipherKeyBytes..], envelope[HeadBytes..^TagBytes], envelope[^TagBytes..], secret, binding.ToBytes(Version));
            return secret;
        }
        catch (CryptographicException)
        {
            CryptographicOperations.ZeroMemory(secret);
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(keys);
        }
    }

    /// <summary>A short name of a public key, by which an actor knows an envelope that was sealed to a key it had before.</summary>
    internal static void KeyId(ReadOnlySpan<byte> publicKey, Span<byte> id)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(publicKey, hash);
        hash[..KeyIdBytes].CopyTo(id);
    }

    private static void Derive(ECDiffieHellman own, ECDiffieHellman other, ReadOnlySpan<byte> freshPoint, ReadOnlySpan<byte> actorPoint, Span<byte> keys)
    {
        Span<byte> salt = stackalloc byte[2 * PointBytes];
        freshPoint.CopyTo(salt);
        actorPoint.CopyTo(salt[PointBytes..]);
        using var otherPublic = other.PublicKey;
        var agreed = own.DeriveRawSecretAgreement(otherPublic);
        try
        {
            HKDF.DeriveKey(HashAlgorithmName.SHA256, agreed, keys, salt, s_label);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(agreed);
        }
    }

    private static byte[] PointOf(ECDiffieHellman key)
    {
        var parameters = key.ExportParameters(includePrivateParameters: false);
        return parameters.Q is { X: { Length: CoordinateBytes } x, Y: { Length: CoordinateBytes } y }
            && parameters.Curve.Oid?.Value == ECCurve.NamedCurves.nistP256.Oid.Value
                ? [.. x, .. y]
                : throw new CryptographicException("The key is not on P-256.");
    }

    private static ECParameters Parameters(ReadOnlySpan<byte> point) => new()
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = point[..CoordinateBytes].ToArray(), Y = point[CoordinateBytes..].ToArray() },
    };
}
