using System.Buffers.Binary;
using System.Security.Cryptography;

namespace OrleansMcp.Secrets;

/// <summary>The result of opening an envelope.</summary>
internal enum EnvelopeVerdict
{
    Opened,

    /// <summary>Sealed to another key: an earlier activation's, or one that this activation has replaced.</summary>
    StaleKey,

    /// <summary>Malformed, changed after it was sealed, or sealed for another session, name or owner.</summary>
    Invalid,

    /// <summary>Opened before.</summary>
    Replayed,

    /// <summary>The activation has ended.</summary>
    Closed,
}

/// <summary>
/// The key pair of one activation of a session actor: created on first use and disposed with the activation, so that an intercepted
/// envelope is worthless afterwards.
/// </summary>
/// <remarks>
/// Each envelope opens once: replayed, it would put an old secret in the place of a newer one. An opened envelope is remembered by the
/// ephemeral key in it. After <see cref="MaxEnvelopes"/> envelopes the pair is replaced and envelopes that were sealed to it are stale, so
/// that the memory is bounded and no envelope can be opened twice. The private key is in the memory of the platform's crypto library, which
/// overwrites it when the key is disposed.
/// </remarks>
internal sealed class SealingKey : IDisposable
{
    internal const int MaxEnvelopes = 1024;

    private readonly Lock _gate = new();
    private readonly HashSet<UInt128> _opened = [];
    private ECDiffieHellman? _pair;
    private byte[] _publicKey = [];
    private bool _disposed;

    /// <summary>The public key as SubjectPublicKeyInfo; null when the activation has ended.</summary>
    public byte[]? PublicKey()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return null;
            }

            if (_pair is null)
            {
                _pair = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
                _publicKey = _pair.ExportSubjectPublicKeyInfo();
            }

            return _publicKey;
        }
    }

    /// <summary>Opens an envelope. The secret, if any, is in a pinned buffer that belongs to the caller.</summary>
    public EnvelopeVerdict Open(SecretBinding binding, ReadOnlySpan<byte> envelope, out byte[]? secret)
    {
        secret = null;
        lock (_gate)
        {
            if (JudgeLocked(envelope) is { } refusal)
            {
                return refusal;
            }

            secret = SealedSecret.Open(_pair!, binding, envelope);
            if (secret is null)
            {
                return EnvelopeVerdict.Invalid;
            }

            if (!_opened.Add(FreshKey(envelope)))
            {
                CryptographicOperations.ZeroMemory(secret);
                secret = null;
                return EnvelopeVerdict.Replayed;
            }

            if (_opened.Count >= MaxEnvelopes)
            {
                ForgetLocked();
            }

            return EnvelopeVerdict.Opened;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            ForgetLocked();
        }
    }

    private EnvelopeVerdict? JudgeLocked(ReadOnlySpan<byte> envelope)
    {
        if (_disposed)
        {
            return EnvelopeVerdict.Closed;
        }

        if (envelope.Length < SealedSecret.Overhead || envelope[0] != SealedSecret.Version)
        {
            return EnvelopeVerdict.Invalid;
        }

        if (_pair is null)
        {
            return EnvelopeVerdict.StaleKey;
        }

        Span<byte> id = stackalloc byte[SealedSecret.KeyIdBytes];
        SealedSecret.KeyId(_publicKey, id);
        return envelope.Slice(1, SealedSecret.KeyIdBytes).SequenceEqual(id) ? null : EnvelopeVerdict.StaleKey;
    }

    private void ForgetLocked()
    {
        _pair?.Dispose();
        _pair = null;
        _opened.Clear();
    }

    // Half of the x coordinate: no honest sender meets the same one twice.
    private static UInt128 FreshKey(ReadOnlySpan<byte> envelope) =>
        BinaryPrimitives.ReadUInt128LittleEndian(envelope[SealedSecret.PointOffset..]);
}
