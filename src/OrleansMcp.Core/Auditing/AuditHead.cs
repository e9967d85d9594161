using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace OrleansMcp.Auditing;

/// <summary>
/// Sequence and hash of the last entry of a chain. The next entry refers to it, and <see cref="AuditChainCheck"/> compares with it.
/// </summary>
/// <param name="Sequence">The entry's number; the first is 1, and 0 stands for a chain without entries.</param>
/// <param name="Hash">The entry's SHA-256, 64 lower-case hexadecimal digits.</param>
public readonly record struct AuditHead(long Sequence, string Hash)
{
    /// <summary>Digits of a hash.</summary>
    public const int HashLength = 64;

    /// <summary>The head of an empty chain.</summary>
    public static AuditHead None { get; } = new(0, new string('0', HashLength));

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AuditHead head)
    {
        head = None;
        var colon = text?.IndexOf(':', StringComparison.Ordinal) ?? -1;
        if (colon < 0 || !long.TryParse(text.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || !IsHash(text![(colon + 1)..]))
        {
            return false;
        }

        head = new AuditHead(sequence, text[(colon + 1)..]);
        return true;
    }

    /// <summary>Whether <paramref name="text"/> has the form of a hash.</summary>
    public static bool IsHash(string? text) => text is { Length: HashLength } && text.All(char.IsAsciiHexDigitLower);

    /// <summary><c>SEQUENCE:HASH</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sequence}:{Hash}");
}
