using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace OrleansMcp.Tests.Secrets;

/// <summary>A random secret and every form in which a careless copy of it could lie about.</summary>
internal sealed class SecretForms
{
    public const int Length = 32;

    public SecretForms() : this(RandomNumberGenerator.GetBytes(Length), [])
    {
    }

    private SecretForms(byte[] bytes, (string Name, byte[] Pattern)[] more)
    {
        Bytes = bytes;
        string[] texts =
        [
            Convert.ToBase64String(Bytes).TrimEnd('='), Base64Url.EncodeToString(Bytes), Convert.ToHexStringLower(Bytes), Convert.ToHexString(Bytes),
        ];
        Forms =
        [
            ("the first half", Bytes[..(Length / 2)]),
            ("the second half", Bytes[(Length / 2)..]),
            .. texts.Select(text => (text, Encoding.ASCII.GetBytes(text))),
            .. texts.Select(text => (text + " in UTF-16", Encoding.Unicode.GetBytes(text))),
            .. more,
        ];
    }

    /// <summary>A secret that is text, as tokens are, so that a careless copy may be a string.</summary>
    public static SecretForms OfText()
    {
        var text = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(Length * 3 / 4));
        return new SecretForms(
            Encoding.ASCII.GetBytes(text),
            [("the first half as a string", Encoding.Unicode.GetBytes(text[..(Length / 2)])), ("the second half as a string", Encoding.Unicode.GetBytes(text[(Length / 2)..]))]);
    }

    public byte[] Bytes { get; }

    /// <summary>A secret of <see cref="OfText"/> as text.</summary>
    public string Text => Encoding.ASCII.GetString(Bytes);

    public IReadOnlyList<(string Name, byte[] Pattern)> Forms { get; }

    /// <summary>Which forms are in <paramref name="haystack"/>.</summary>
    public IEnumerable<string> In(ReadOnlyMemory<byte> haystack) => Forms.Where(form => haystack.Span.IndexOf(form.Pattern) >= 0).Select(form => form.Name);

    public void ExpectNotIn(ReadOnlyMemory<byte> haystack, string what) => Assert.True(!In(haystack).Any(), $"{what} shows {string.Join(", ", In(haystack))}.");

    public void ExpectNotIn(string haystack, string what)
    {
        ExpectNotIn(Encoding.UTF8.GetBytes(haystack), what);
        Assert.DoesNotContain(Encoding.Latin1.GetString(Bytes), haystack, StringComparison.Ordinal);
    }
}
