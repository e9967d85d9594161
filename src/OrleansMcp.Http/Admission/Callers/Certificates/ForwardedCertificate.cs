using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace OrleansMcp.Http.Admission.Callers.Certificates;

/// <summary>
/// The client certificate that an ingress forwards in Envoy's <c>x-forwarded-client-cert</c>: pairs of key and value, separated by
/// semicolons, with values in double quotes where they contain separators, PEM in URL encoding. Only the certificate and its chain are
/// used, never <c>Hash</c> or <c>Subject</c>. Commas separate the elements of several proxies; one ingress adds one element.
/// </summary>
/// <param name="Leaf">The decoded bytes of the client's certificate. Not verified to be DER.</param>
/// <param name="Chain">PEM of certificates between it and an authority; empty when there are none.</param>
internal sealed record ForwardedCertificate(byte[] Leaf, string Chain)
{
    public const string Header = "X-Forwarded-Client-Cert";

    /// <summary>A leaf and a few intermediates, in PEM and URL encoding. The server takes 32 KiB of headers in all.</summary>
    private const int LongestHeader = 24 * 1024;

    private const string Label = "CERTIFICATE";

    public static bool TryParse(string header, [NotNullWhen(true)] out ForwardedCertificate? certificate)
    {
        certificate = null;
        string? leaf = null, chain = null;
        if (header.Length > LongestHeader || !header.All(char.IsAscii))
        {
            return false;
        }

        for (var at = 0; at < header.Length;)
        {
            if (!TryReadPair(header, ref at, out var key, out var value))
            {
                return false;
            }

            if (key.Equals("Cert", StringComparison.OrdinalIgnoreCase) && (value.Length == 0 || !TrySet(ref leaf, value))
                || key.Equals("Chain", StringComparison.OrdinalIgnoreCase) && !TrySet(ref chain, value))
            {
                return false;
            }
        }

        if (leaf is null || !TryReadOne(Uri.UnescapeDataString(leaf), out var der))
        {
            return false;
        }

        certificate = new ForwardedCertificate(der, Uri.UnescapeDataString(chain ?? ""));
        return true;
    }

    /// <summary>The certificates of a text that holds at most <paramref name="most"/> of them and nothing else; null otherwise.</summary>
    public static List<byte[]>? ReadAll(string text, int most)
    {
        List<byte[]> read = [];
        var rest = text.AsSpan().Trim();
        while (rest.Length > 0)
        {
            if (read.Count == most || !TryRead(rest, out var der, out var length))
            {
                return null;
            }

            read.Add(der);
            rest = rest[length..].Trim();
        }

        return read;
    }

    private static bool TryReadOne(string text, [NotNullWhen(true)] out byte[]? der) =>
        TryRead(text.AsSpan().Trim(), out der, out var length) && length == text.AsSpan().Trim().Length;

    private static bool TryRead(ReadOnlySpan<char> text, [NotNullWhen(true)] out byte[]? der, out int length)
    {
        (der, length) = (null, 0);
        if (!PemEncoding.TryFind(text, out var pem) || pem.Location.Start.Value != 0 || !text[pem.Label].SequenceEqual(Label))
        {
            return false;
        }

        der = new byte[pem.DecodedDataLength];
        length = pem.Location.End.Value;
        return Convert.TryFromBase64Chars(text[pem.Base64Data], der, out _);
    }

    private static bool TrySet(ref string? value, string to)
    {
        var isFirst = value is null;
        value = to;
        return isFirst;
    }

    private static bool TryReadPair(string header, ref int at, out string key, out string value)
    {
        (key, value) = ("", "");
        var equals = header.IndexOf('=', at);
        if (equals < 0)
        {
            return false;
        }

        key = header[at..equals].Trim();
        at = equals + 1;
        if (key.Length == 0 || !key.All(char.IsAsciiLetter) || !TryReadValue(header, ref at, out value))
        {
            return false;
        }

        // A comma begins the element of another proxy: it is ambiguous which certificate is the client's, so the header is refused.
        return at == header.Length || header[at++] == ';';
    }

    private static bool TryReadValue(string header, ref int at, out string value)
    {
        if (at == header.Length || header[at] != '"')
        {
            var end = header.AsSpan(at).IndexOfAny(';', ',', '"');
            value = end < 0 ? header[at..] : header.Substring(at, end);
            at += value.Length;
            return true;
        }

        for (var end = at + 1; end < header.Length; end++)
        {
            if (header[end] == '\\')
            {
                end++;
            }
            else if (header[end] == '"')
            {
                value = header[(at + 1)..end];
                at = end + 1;
                return true;
            }
        }

        value = "";
        return false;
    }
}
