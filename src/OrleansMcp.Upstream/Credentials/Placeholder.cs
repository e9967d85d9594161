using System.Security.Cryptography;

namespace OrleansMcp.Upstream.Credentials;

/// <summary>Makes what stands for secrets in requests: random, so that no client and no server can write it.</summary>
internal static class Placeholder
{
    // A character that neither the head nor the body of a request ends with: what looks like the beginning of a placeholder is always followed by more.
    private const char Begin = '~';
    private const int RandomDigits = 32;
    private const char Filling = '.';

    /// <summary>A new one of the shortest length, ASCII.</summary>
    public static string New() => Begin + RandomNumberGenerator.GetHexString(RandomDigits, lowercase: true);

    /// <summary>A new one that is as long as what it stands for, so that lengths which are announced are true.</summary>
    public static string New(int length) => New().PadRight(length, Filling) is { } placeholder && placeholder.Length == length
        ? placeholder
        : throw new ArgumentOutOfRangeException(nameof(length), length, "That is too short to be told from other text.");
}
