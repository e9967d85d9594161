using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Sessions;

namespace OrleansMcp.Secrets.Callers;

/// <summary>
/// The form in which a caller's token crosses to a session's actor in another process of the cluster: AES-256-GCM under a key of its own, derived with
/// HKDF-SHA256 from one that all processes have and a random salt. It opens for the same session and caller only, and not for long.
/// </summary>
/// <remarks>
/// <c>version (1) | salt (32) | time of sealing, UTC ticks (8) | ciphertext | tag (16)</c>. Binding and time are the associated data. The key of AES serves
/// one message; its nonce is derived with it. A token is sealed with every call, so that a key pair of the activation (<see cref="SealedSecret"/>), which the
/// front end would first have to ask for, does not do here.
/// </remarks>
internal sealed class CallerTokenSeal
{
    private const byte Version = 1;
    private const int SaltBytes = 32;
    private const int TimeOffset = 1 + SaltBytes;
    private const int HeadBytes = TimeOffset + sizeof(long);
    private const int TagBytes = 16;
    private const int CipherKeyBytes = 32;
    private const int NonceBytes = 12;
    private const string Name = "caller token";

    // Longer than a delivery may be on its way, by what the clocks of the cluster's machines may differ.
    private static readonly TimeSpan s_lifetime = TimeSpan.FromMinutes(1);

    private readonly byte[][] _keys;

    /// <param name="keys">The first seals; all open. At least 32 bytes each.</param>
    public CallerTokenSeal(IReadOnlyList<byte[]> keys) =>
        _keys = [.. keys.Select(static key => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: Encoding.UTF8.GetBytes("orleansmcp caller token")))];

    /// <summary>Seals a token. Null when it is zeroed already.</summary>
    public byte[]? Seal(CallerToken token, SessionKey session, Caller caller, DateTimeOffset now)
    {
        byte[]? envelope = null;
        token.TryUse((seal: this, session, caller, now), (bytes, with) => envelope = with.seal.Seal(bytes, with.session, with.caller, with.now));
        return envelope;
    }

    /// <summary>Opens what was sealed. Null when it was sealed for another session or caller, under other keys or too long ago, or was changed.</summary>
    public CallerToken? Open(ReadOnlySpan<byte> envelope, SessionKey session, Caller caller, DateTimeOffset now)
    {
        if (envelope.Length < HeadBytes + TagBytes || envelope[0] != Version
            || new TimeSpan(Math.Abs(now.UtcTicks - BinaryPrimitives.ReadInt64LittleEndian(envelope[TimeOffset..]))) > s_lifetime)
        {
            return null;
        }

        var token = SecretBuffer.Allocate(envelope.Length - HeadBytes - TagBytes);
        var bound = Bound(envelope[..HeadBytes], session, caller);
        foreach (var key in _keys)
        {
            if (TryOpen(key, envelope, bound, token))
            {
                return new CallerToken(token);
            }
        }

        return null; // What does not open is not written into the buffer.
    }

    private byte[] Seal(ReadOnlySpan<byte> token, SessionKey session, Caller caller, DateTimeOffset now)
    {
        var envelope = new byte[HeadBytes + token.Length + TagBytes];
        envelope[0] = Version;
        RandomNumberGenerator.Fill(envelope.AsSpan(1, SaltBytes));
        BinaryPrimitives.WriteInt64LittleEndian(envelope.AsSpan(TimeOffset), now.UtcTicks);
        Span<byte> derived = stackalloc byte[CipherKeyBytes + NonceBytes];
        Derive(_keys[0], envelope, derived);
        using var cipher = new AesGcm(derived[..CipherKeyBytes], TagBytes);
        cipher.Encrypt(
            derived[CipherKeyBytes..], token, envelope.AsSpan(HeadBytes, token.Length), envelope.AsSpan(HeadBytes + token.Length),
            Bound(envelope.AsSpan(0, HeadBytes), session, caller));
        CryptographicOperations.ZeroMemory(derived);
        return envelope;
    }

    private static bool TryOpen(byte[] key, ReadOnlySpan<byte> envelope, byte[] bound, byte[] token)
    {
        Span<byte> derived = stackalloc byte[CipherKeyBytes + NonceBytes];
        Derive(key, envelope, derived);
        try
        {
            using var cipher = new AesGcm(derived[..CipherKeyBytes], TagBytes);
            cipher.Decrypt(derived[CipherKeyBytes..], envelope[HeadBytes..^TagBytes], envelope[^TagBytes..], token, bound);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(derived);
        }
    }

    private static void Derive(byte[] key, ReadOnlySpan<byte> envelope, Span<byte> derived) =>
        HKDF.DeriveKey(HashAlgorithmName.SHA256, key, derived, salt: envelope.Slice(1, SaltBytes), info: default);

    private static byte[] Bound(ReadOnlySpan<byte> head, SessionKey session, Caller caller) =>
        [.. head, .. new SecretBinding(session, Name, SessionOwner.Of(caller)).ToBytes(Version)];
}
