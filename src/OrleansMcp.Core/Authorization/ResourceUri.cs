using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace OrleansMcp.Authorization;

/// <summary>
/// The one form of a URI that permissions are compared with (RFC 3986, section 6.2.2): what needs no percent-encoding is not encoded, the
/// rest in upper case. A URI with a dot segment has no such form, however often it is encoded: it depends on the handler where the segment
/// leads, so the permission cannot be checked.
/// </summary>
internal static class ResourceUri
{
    private const int MaxLength = 8192;
    private const int MaxDecodings = 8;

    // A handler may take any of these as the separator of a dot segment: in a file system, a query, a path with parameters.
    private static readonly SearchValues<char> s_separators = SearchValues.Create(@"/\?#&=:;,");
    private static readonly SearchValues<char> s_suspicious = SearchValues.Create(".%\\");

    /// <summary>The form in which <paramref name="uri"/> is judged, and then handed on. No allocation for a URI that is in it already.</summary>
    public static bool TryCanonicalise(string uri, [NotNullWhen(true)] out string? canonical)
    {
        canonical = null;
        if (uri.Length > MaxLength || HasControl(uri))
        {
            return false;
        }

        if (!uri.AsSpan().ContainsAny(s_suspicious))
        {
            canonical = uri;
            return true;
        }

        var text = uri.Contains('%') ? Decode(uri) : uri;
        canonical = text is null || HasDotSegment(text, isPrefix: false) ? null : text;
        return canonical is not null;
    }

    /// <summary>Whether a text is in that form. The last segment of a beginning may go on, and is none yet.</summary>
    public static bool IsCanonical(string text, bool isPrefix) =>
        !HasControl(text) && (!text.Contains('%') || Decode(text) == text) && !HasDotSegment(text, isPrefix);

    private static bool HasControl(string text) => text.AsSpan().ContainsAnyInRange('\0', ' ') || text.Contains('\x7f');

    /// <summary>Takes the encoding off unreserved characters. Null when it is malformed.</summary>
    private static string? Decode(string text)
    {
        var decoded = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                decoded.Append(text[i]);
                continue;
            }

            if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
            {
                return null;
            }

            var character = (char)Convert.ToByte(text.Substring(i + 1, 2), 16);
            if (char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_' or '~')
            {
                decoded.Append(character);
            }
            else
            {
                decoded.Append('%').Append(char.ToUpperInvariant(text[i + 1])).Append(char.ToUpperInvariant(text[i + 2]));
            }

            i += 2;
        }

        return decoded.ToString();
    }

    private static bool HasDotSegment(string text, bool isPrefix)
    {
        for (var round = 0; round < MaxDecodings; round++)
        {
            if (HasPlainDotSegment(text, isPrefix))
            {
                return true;
            }

            var next = text.Contains('%') ? Uri.UnescapeDataString(text) : text;
            if (next == text)
            {
                return false;
            }

            text = next;
        }

        return true; // Encoded more often than any honest client would.
    }

    private static bool HasPlainDotSegment(ReadOnlySpan<char> rest, bool isPrefix)
    {
        while (true)
        {
            var end = rest.IndexOfAny(s_separators);
            if ((end < 0 ? rest : rest[..end]) is "." or ".." && !(end < 0 && isPrefix))
            {
                return true;
            }

            if (end < 0)
            {
                return false;
            }

            rest = rest[(end + 1)..];
        }
    }
}
