namespace OrleansMcp;

/// <summary>The syntax of secret names. Names are not confidential: they appear in URLs, arguments of tools and error messages.</summary>
public static class SecretName
{
    /// <summary>Longest name, characters.</summary>
    public const int MaxLength = 64;

    /// <summary>Whether <paramref name="name"/> is made of 1 to 64 lower-case letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</summary>
    public static bool IsValid(string name)
    {
        if (name.Length is 0 or > MaxLength)
        {
            return false;
        }

        foreach (var c in name)
        {
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        return true;
    }
}
