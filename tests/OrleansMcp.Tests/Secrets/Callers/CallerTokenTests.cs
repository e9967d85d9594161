using System.Text;
using OrleansMcp.Secrets.Callers;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Sessions;

namespace OrleansMcp.Tests.Secrets.Callers;

public sealed class CallerTokenTests
{
    private static readonly SessionKey s_key = SessionKey.OfSession("acme", [1]);
    private static readonly DateTimeOffset s_now = new(2026, 11, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly CallerTokenSeal _seal = new([Key(1)]);

    [Fact]
    public void The_last_holder_zeroes_it()
    {
        var bytes = OrleansMcp.Secrets.SecretBuffer.Allocate(3);
        "abc"u8.CopyTo(bytes);
        var token = new CallerToken(bytes);
        Assert.Same(token, token.Share());
        token.Dispose();
        Assert.Equal("abc", Read(token));
        token.Dispose();
        Assert.Equal([0, 0, 0], bytes);
        Assert.Null(Read(token));
        Assert.Null(token.Share());
        token.Dispose();
    }

    [Fact]
    public void It_is_the_token_of_a_header()
    {
        using var token = CallerToken.Of("eyJ.eyJ._-a");
        Assert.Equal("eyJ.eyJ._-a", Read(token));
    }

    [Fact]
    public void What_was_sealed_opens_for_its_session_and_caller_only()
    {
        using var token = CallerToken.Of("eyJ.eyJ.sig");
        var envelope = _seal.Seal(token, s_key, SessionBench.Alice, s_now)!;
        Assert.True(envelope.AsSpan().IndexOf("eyJ"u8) < 0);
        using var opened = _seal.Open(envelope, s_key, SessionBench.Alice, s_now);
        Assert.Equal("eyJ.eyJ.sig", Read(opened!));
        Assert.NotEqual(Convert.ToHexString(envelope), Convert.ToHexString(_seal.Seal(token, s_key, SessionBench.Alice, s_now)!));
        Assert.Null(_seal.Open(envelope, SessionKey.OfSession("acme", [2]), SessionBench.Alice, s_now));
        Assert.Null(_seal.Open(envelope, s_key, SessionBench.Bob, s_now));
        Assert.Null(_seal.Open(envelope, s_key, SessionBench.Alice with { Subject = "another" }, s_now));
        Assert.Null(_seal.Open(envelope, s_key, SessionBench.Alice with { KeyThumbprint = "another" }, s_now));
    }

    [Fact]
    public void What_was_changed_does_not_open()
    {
        using var token = CallerToken.Of("eyJ.eyJ.sig");
        var envelope = _seal.Seal(token, s_key, SessionBench.Alice, s_now)!;
        for (var at = 0; at < envelope.Length; at++)
        {
            envelope[at] ^= 1;
            Assert.Null(_seal.Open(envelope, s_key, SessionBench.Alice, s_now));
            envelope[at] ^= 1;
            Assert.Null(_seal.Open(envelope.AsSpan(0, at), s_key, SessionBench.Alice, s_now));
        }
    }

    [Fact]
    public void What_was_sealed_long_ago_does_not_open()
    {
        using var token = CallerToken.Of("eyJ.eyJ.sig");
        var envelope = _seal.Seal(token, s_key, SessionBench.Alice, s_now)!;
        using var late = _seal.Open(envelope, s_key, SessionBench.Alice, s_now + TimeSpan.FromMinutes(1));
        using var early = _seal.Open(envelope, s_key, SessionBench.Alice, s_now - TimeSpan.FromMinutes(1));
        Assert.NotNull(late);
        Assert.NotNull(early);
        Assert.Null(_seal.Open(envelope, s_key, SessionBench.Alice, s_now + TimeSpan.FromSeconds(61)));
        Assert.Null(_seal.Open(envelope, s_key, SessionBench.Alice, s_now - TimeSpan.FromSeconds(61)));
    }

    [Fact]
    public void Keys_are_changed_as_those_of_ids_are()
    {
        using var token = CallerToken.Of("eyJ.eyJ.sig");
        var envelope = _seal.Seal(token, s_key, SessionBench.Alice, s_now)!;
        using var opened = new CallerTokenSeal([Key(2), Key(1)]).Open(envelope, s_key, SessionBench.Alice, s_now);
        Assert.Equal("eyJ.eyJ.sig", Read(opened!));
        Assert.Null(new CallerTokenSeal([Key(2)]).Open(envelope, s_key, SessionBench.Alice, s_now));
        Assert.Null(_seal.Open(new CallerTokenSeal([Key(2), Key(1)]).Seal(token, s_key, SessionBench.Alice, s_now), s_key, SessionBench.Alice, s_now));
    }

    [Fact]
    public void What_is_zeroed_is_not_sealed()
    {
        var token = CallerToken.Of("eyJ.eyJ.sig");
        token.Dispose();
        Assert.Null(_seal.Seal(token, s_key, SessionBench.Alice, s_now));
    }

    internal static string? Read(CallerToken token)
    {
        string? read = null;
        return token.TryUse(0, (bytes, _) => read = Encoding.ASCII.GetString(bytes)) ? read : null;
    }

    private static byte[] Key(byte value) => [.. Enumerable.Repeat(value, 32)];
}
