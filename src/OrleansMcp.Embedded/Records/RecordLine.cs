using System.Security.Cryptography;
using System.Text;

namespace OrleansMcp.Embedded.Records;

/// <summary>A line of a file of records: 16 hex digits of the SHA-256 of what follows, a space, a letter for what it is, a space, JSON.</summary>
internal static class RecordLine
{
    public const char Head = 'H';
    public const char Image = 'I';
    public const char Commit = 'C';

    private const int HashDigits = 16;
    private const int Before = HashDigits + 1;
    private const int Prefix = Before + 2;

    public static byte[] Write(char kind, ReadOnlySpan<byte> json)
    {
        var line = new byte[Prefix + json.Length + 1];
        line[HashDigits] = (byte)' ';
        line[Before] = (byte)kind;
        line[Before + 1] = (byte)' ';
        json.CopyTo(line.AsSpan(Prefix));
        line[^1] = (byte)'\n';
        Hash(line.AsSpan(Before, line.Length - Before - 1), line);
        return line;
    }

    /// <summary>Reads a line without its end. False when it was cut short or changed.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out char kind, out ReadOnlySpan<byte> json)
    {
        kind = default;
        json = default;
        if (line.Length < Prefix)
        {
            return false;
        }

        Span<byte> hash = stackalloc byte[HashDigits];
        Hash(line[Before..], hash);
        if (!line.StartsWith(hash) || line[HashDigits] != ' ' || line[Before + 1] != ' ')
        {
            return false;
        }

        kind = (char)line[Before];
        json = line[Prefix..];
        return true;
    }

    private static void Hash(ReadOnlySpan<byte> content, Span<byte> digits)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(hash[..(HashDigits / 2)]), digits);
    }
}
