using System.Globalization;
using System.Security.Cryptography;

namespace OrleansMcp.Sessions.Keys;

/// <summary>
/// The keys that sign session ids, newest first: the first issues, all verify. As bytes they are one behind the other; where there are
/// several, the SHA-256 of them all follows, so that bytes that lost their end are not taken for those whose former keys were retired.
/// </summary>
public sealed class SessionIdKeys
{
    /// <summary>Each one that verifies is tried on an id that nobody issued.</summary>
    public const int Most = 8;

    /// <summary>What <see cref="ToBytes"/> makes at most, bytes.</summary>
    public const int MaxBytes = KeyBytes * (Most + 1);

    private const int KeyBytes = 32;

    private SessionIdKeys(IReadOnlyList<byte[]> keys) => Keys = keys;

    /// <summary>The keys, newest first, 32 bytes each.</summary>
    public IReadOnlyList<byte[]> Keys { get; }

    /// <summary>What keys are called where people read: it tells them apart and says nothing about them.</summary>
    public IReadOnlyList<string> Names => [.. Keys.Select(NameOf)];

    /// <summary>One key that nobody has seen.</summary>
    public static SessionIdKeys New() => new([RandomNumberGenerator.GetBytes(KeyBytes)]);

    /// <summary>A new key before these.</summary>
    /// <param name="place">Where they are kept, for a person who reads the error.</param>
    /// <exception cref="SessionIdKeyException">There are as many as are kept.</exception>
    public SessionIdKeys Rotated(string place) => Keys.Count < Most ? new([RandomNumberGenerator.GetBytes(KeyBytes), .. Keys])
        : throw new SessionIdKeyException($"There are {Keys.Count} keys in '{place}', and no more are kept. Retire the former ones first ('keys retire').");

    /// <summary>The newest alone.</summary>
    /// <param name="place">Where they are kept, for a person who reads the error.</param>
    /// <exception cref="SessionIdKeyException">There is no other.</exception>
    public SessionIdKeys WithoutFormer(string place) => Keys.Count > 1 ? new([Keys[0]])
        : throw new SessionIdKeyException($"There is nothing to retire in '{place}': it holds one key. Put a new one before it first ('keys rotate').");

    /// <summary>Whether these are the same keys in the same order.</summary>
    public bool Are(SessionIdKeys others) => Keys.Count == others.Keys.Count
        && Keys.Zip(others.Keys).All(pair => CryptographicOperations.FixedTimeEquals(pair.First, pair.Second));

    /// <summary>As stored. They are secrets: whoever reads them can sign session ids.</summary>
    public byte[] ToBytes()
    {
        byte[] keys = [.. Keys.SelectMany(key => key)];
        return Keys.Count == 1 ? keys : [.. keys, .. SHA256.HashData(keys)];
    }

    /// <summary>Null when these are not what <see cref="ToBytes"/> makes.</summary>
    public static SessionIdKeys? OfBytes(ReadOnlySpan<byte> bytes)
    {
        var count = bytes.Length == KeyBytes ? 1 : (bytes.Length / KeyBytes) - 1;
        if (bytes.Length % KeyBytes != 0 || count is < 1 or > Most || (count == 1 && bytes.Length != KeyBytes))
        {
            return null;
        }

        var keys = bytes[..(count * KeyBytes)];
        if (count > 1 && !CryptographicOperations.FixedTimeEquals(SHA256.HashData(keys), bytes[keys.Length..]))
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
