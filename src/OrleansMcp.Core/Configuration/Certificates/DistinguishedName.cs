using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace OrleansMcp.Configuration.Certificates;

/// <summary>
/// Distinguished names as texts that are equal if, and only if, the names have the same attributes with the same values in the same order,
/// however those were encoded. A printed name is no such text: what quotes and commas in a value mean is a matter of interpretation.
/// </summary>
public static class DistinguishedName
{
    /// <summary>The text; null when the name is empty, or has several attributes at one place, which have no order.</summary>
    public static string? Canonical(X500DistinguishedName name)
    {
        var text = new StringBuilder();
        try
        {
            foreach (var part in name.EnumerateRelativeDistinguishedNames(reversed: false))
            {
                if (part.HasMultipleElements || part.GetSingleElementValue() is not { } value)
                {
                    return null;
                }

                text.Append(part.GetSingleElementType().Value).Append('=').Append(value.Length).Append(':').Append(value).Append(';');
            }
        }
        catch (CryptographicException)
        {
            return null;
        }

        return text.Length > 0 ? text.ToString() : null;
    }

    /// <summary>The same for a name as people write it: <c>CN=alice, OU=Agents, O=Example</c>, the most specific first. Null when it is none.</summary>
    public static string? Parse(string written)
    {
        try
        {
            return Canonical(new X500DistinguishedName(written));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
