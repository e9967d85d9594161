using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions;

namespace OrleansMcp.Tests.Secrets;

public sealed class SealedSecretTests : IDisposable
{
    private static readonly SecretBinding s_binding =
        new(new SessionKey("s-1"), "token", new SessionOwner("acme", "alice", "alice", KeyThumbprint: null));

    private readonly SealingKey _key = new();
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    public static TheoryData<SecretBinding> OtherBindings { get; } =
    [
        s_binding with { Session = new SessionKey("s-2") },
        s_binding with { Name = "other" },
        s_binding with { Owner = s_binding.Owner with { Tenant = "globex" } },
        s_binding with { Owner = s_binding.Owner with { Client = "bob" } },
        s_binding with { Owner = s_binding.Owner with { Subject = "bob" } },
        s_binding with { Owner = s_binding.Owner with { KeyThumbprint = "proven" } },
        s_binding with { Session = new SessionKey("s-1t"), Name = "oken" },
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(32)]
    [InlineData(64 * 1024)]
    public void What_was_sealed_opens_once_and_is_the_same(int length)
    {
        var secret = RandomNumberGenerator.GetBytes(length);
        var envelope = SealedSecret.Seal(_key.PublicKey(), s_binding, secret);
        Assert.Equal(length + SealedSecret.Overhead, envelope.Length);
        Assert.Equal(EnvelopeVerdict.Opened, _key.Open(s_binding, envelope, out var opened));
        Assert.Equal(secret, opened);
        Assert.Equal(EnvelopeVerdict.Replayed, _key.Open(s_binding, envelope, out var again));
        Assert.Null(again);
    }

    [Fact]
    public void The_envelope_shows_nothing_of_the_secret_and_never_looks_the_same()
    {
        var secret = Encoding.ASCII.GetBytes(new string('s', 64));
        var (first, second) = (SealedSecret.Seal(_key.PublicKey(), s_binding, secret), SealedSecret.Seal(_key.PublicKey(), s_binding, secret));
        Assert.True(first.AsSpan().IndexOf(secret.AsSpan(0, 4)) < 0);
        Assert.False(first.AsSpan(SealedSecret.PointOffset).SequenceEqual(second.AsSpan(SealedSecret.PointOffset)));
    }

    [Theory]
    [MemberData(nameof(OtherBindings))]
    public void It_does_not_open_for_another_session_name_or_owner(SecretBinding other)
    {
        var envelope = SealedSecret.Seal(_key.PublicKey(), s_binding, _secret);
        Assert.Equal(EnvelopeVerdict.Invalid, _key.Open(other, envelope, out var opened));
        Assert.Null(opened);
        Assert.Equal(EnvelopeVerdict.Opened, _key.Open(s_binding, envelope, out _));
    }

    [Fact]
    public void A_change_of_any_byte_is_noticed()
    {
        var envelope = SealedSecret.Seal(_key.PublicKey(), s_binding, _secret);
        for (var index = 0; index < envelope.Length; index++)
        {
            var changed = (byte[])envelope.Clone();
            changed[index] ^= 0x01;
            var expected = index is >= 1 and < SealedSecret.PointOffset ? EnvelopeVerdict.StaleKey : EnvelopeVerdict.Invalid;
            Assert.Equal(expected, _key.Open(s_binding, changed, out var opened));
            Assert.Null(opened);
        }

        Assert.Equal(EnvelopeVerdict.Opened, _key.Open(s_binding, envelope, out _));
    }

    [Fact]
    public void A_truncated_or_extended_one_does_not_open()
    {
        var envelope = SealedSecret.Seal(_key.PublicKey(), s_binding, _secret);
        for (var length = 0; length < envelope.Length; length++)
        {
            Assert.Equal(EnvelopeVerdict.Invalid, _key.Open(s_binding, envelope.AsSpan(0, length), out _));
        }

        Assert.Equal(EnvelopeVerdict.Invalid, _key.Open(s_binding, [.. envelope, 0], out _));
    }

    [Fact]
    public void A_point_that_is_not_on_the_curve_or_is_mirrored_is_refused()
    {
        var envelope = SealedSecret.Seal(_key.PublicKey(), s_binding, _secret);
        foreach (var fill in new byte[] { 0x00, 0x01, 0xff })
        {
            var changed = (byte[])envelope.Clone();
            changed.AsSpan(SealedSecret.PointOffset, SealedSecret.PointBytes).Fill(fill);
            Assert.Equal(EnvelopeVerdict.Invalid, _key.Open(s_binding, changed, out _));
        }

        // The mirrored point leads to the same agreement: only because it is in the derivation too does it open nothing.
        Mirror(envelope.AsSpan(SealedSecret.PointOffset + SealedSecret.CoordinateBytes, SealedSecret.CoordinateBytes));
        Assert.Equal(EnvelopeVerdict.Invalid, _key.Open(s_binding, envelope, out _));
    }

    [Fact]
    public void Another_activation_opens_nothing_that_was_sealed_to_this_one()
    {
        var envelope = SealedSecret.Seal(_key.PublicKey(), s_binding, _secret);
        using var later = new SealingKey();
        Assert.Equal(EnvelopeVerdict.StaleKey, later.Open(s_binding, envelope, out _));
        later.PublicKey();
        Assert.Equal(EnvelopeVerdict.StaleKey, later.Open(s_binding, envelope, out _));
        var claimed = (byte[])envelope.Clone();
        SealedSecret.KeyId(later.PublicKey(), claimed.AsSpan(1, SealedSecret.KeyIdBytes));
        Assert.Equal(EnvelopeVerdict.Invalid, later.Open(s_binding, claimed, out _));
    }

    [Fact]
    public void When_the_activation_is_over_nothing_opens_and_no_key_is_given()
    {
        var envelope = SealedSecret.Seal(_key.PublicKey(), s_binding, _secret);
        _key.Dispose();
        Assert.Null(_key.PublicKey());
        Assert.Equal(EnvelopeVerdict.Closed, _key.Open(s_binding, envelope, out var opened));
        Assert.Null(opened);
    }

    [Fact]
    public void A_key_opens_so_many_envelopes_and_is_replaced_so_that_none_opens_twice()
    {
        var key = _key.PublicKey()!;
        var first = SealedSecret.Seal(key, s_binding, _secret);
        Assert.Equal(EnvelopeVerdict.Opened, _key.Open(s_binding, first, out _));
        for (var count = 1; count < SealingKey.MaxEnvelopes; count++)
        {
            Assert.Equal(EnvelopeVerdict.Opened, _key.Open(s_binding, SealedSecret.Seal(key, s_binding, _secret), out _));
        }

        Assert.Equal(EnvelopeVerdict.StaleKey, _key.Open(s_binding, first, out _));
        Assert.Equal(EnvelopeVerdict.StaleKey, _key.Open(s_binding, SealedSecret.Seal(key, s_binding, _secret), out _));
        Assert.NotEqual(key, _key.PublicKey());
        Assert.Equal(EnvelopeVerdict.StaleKey, _key.Open(s_binding, first, out _));
        Assert.Equal(EnvelopeVerdict.Opened, _key.Open(s_binding, SealedSecret.Seal(_key.PublicKey(), s_binding, _secret), out _));
    }

    [Fact]
    public void The_key_is_on_P_256_and_no_other_is_sealed_to()
    {
        using var imported = ECDiffieHellman.Create();
        imported.ImportSubjectPublicKeyInfo(_key.PublicKey(), out _);
        Assert.Equal(256, imported.KeySize);
        using var other = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP384);
        Assert.ThrowsAny<CryptographicException>(() => SealedSecret.Seal(other.ExportSubjectPublicKeyInfo(), s_binding, _secret));
        Assert.ThrowsAny<CryptographicException>(() => SealedSecret.Seal([1, 2, 3], s_binding, _secret));
    }

    public void Dispose() => _key.Dispose();

    /// <summary>y becomes p - y.</summary>
    private static void Mirror(Span<byte> y)
    {
        var p = Convert.FromHexString("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");
        var borrow = 0;
        for (var index = y.Length - 1; index >= 0; index--)
        {
            var difference = p[index] - y[index] - borrow;
            borrow = difference < 0 ? 1 : 0;
            y[index] = (byte)(difference + (borrow << 8));
        }
    }
}
