using System.Globalization;
using System.Security.Cryptography;

namespace OrleansMcp.Embedded.Keys;

/// <summary>
/// The keys that sign session ids, newest first: the first issues, all verify. In a file they are one behind the other; where there are
/// several, the SHA-256 of them all follows, so that a file that lost its end is not taken for one whose former keys were retired.
/// </summary>
internal sealed class SessionIdKeys
{
    /// <summary>Each one that verifies is tried on an id that nobody issued.</summary>
    public const int Most = 8;

    /// <summary>Of a file.</summary>
    public const int LongestFile = KeyBytes * (Most + 1);

    private const int KeyBytes = 32;

    private SessionIdKeys(IReadOnlyList<byte[]> keys) => Keys = keys;

    public IReadOnlyList<byte[]> Keys { get; }

    /// <summary>What keys are called where people read: it tells them apart and says nothing about them.</summary>
    public IReadOnlyList<string> Names => [.. Keys.Select(NameOf)];

    public static SessionIdKeys New() => new([RandomNumberGenerator.GetBytes(KeyBytes)]);

    /// <summary>A new key before these.</summary>
    public SessionIdKeys Rotated() => new([RandomNumberGenerator.GetBytes(KeyBytes), .. Keys]);

    /// <summary>The newest alone.</summary>
    public SessionIdKeys WithoutFormer() => new([Keys[0]]);

    public bool Are(SessionIdKeys others) => Keys.Count == others.Keys.Count
        && Keys.Zip(others.Keys).All(pair => CryptographicOperations.FixedTimeEquals(pair.First, pair.Second));

    public byte[] ToFile()
    {
        byte[] keys = [.. Keys.SelectMany(key => key)];
        return Keys.Count == 1 ? keys : [.. keys, .. SHA256.HashData(keys)];
    }

    /// <summary>Null when this is not what <see cref="ToFile"/> makes.</summary>
    public static SessionIdKeys? OfFile(ReadOnlySpan<byte> file)
    {
        var count = file.Length == KeyBytes ? 1 : (file.Length / KeyBytes) - 1;
        if (file.Length % KeyBytes != 0 || count is < 1 or > Most || (count == 1 && file.Length != KeyBytes))
        {
            return null;
        }

        var keys = file[..(count * KeyBytes)];
        if (count > 1 && !CryptographicOperations.FixedTimeEquals(SHA256.HashData(keys), file[keys.Length..]))
        {
            return null;
        }

        var read = new List<byte[]>(count);
        for (var at = 0; at < keys.Length; at += KeyBytes)
        {
            read.Add(keys.Slice(at, KeyBytes).ToArray());
        }

        // What some file systems leave after a power cut. Whoever guesses it could sign ids.
        return read.All(key => key.AsSpan().ContainsAnyExcept((byte)0)) ? new SessionIdKeys(read) : null;
    }

    private static string NameOf(byte[] key) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 4, info: "orleansmcp key name"u8.ToArray())
        .Aggregate("", (name, part) => name + part.ToString("x2", CultureInfo.InvariantCulture));
}
