using System.Globalization;
using System.Security.Cryptography;

namespace OrleansMcp.Sessions.Keys;

/// <summary>
/// The keys that sign session ids, newest first: the first issues, all verify. Their bytes are the keys one after the other; where there
/// are several, the SHA-256 of them follows, so that truncated bytes are not taken for keys whose former ones were retired.
/// </summary>
public sealed class SessionIdKeys
{
    /// <summary>The largest number of keys. Bounded, because a forged id is checked against each of them.</summary>
    public const int Most = 8;

    /// <summary>The longest result of <see cref="ToBytes"/>, bytes.</summary>
    public const int MaxBytes = KeyBytes * (Most + 1);

    private const int KeyBytes = 32;

    private SessionIdKeys(IReadOnlyList<byte[]> keys) => Keys = keys;

    /// <summary>The keys, newest first, 32 bytes each.</summary>
    public IReadOnlyList<byte[]> Keys { get; }

    /// <summary>The names of the keys for people: they tell keys apart and reveal nothing about them.</summary>
    public IReadOnlyList<string> Names => [.. Keys.Select(NameOf)];

    /// <summary>One new random key.</summary>
    public static SessionIdKeys New() => new([RandomNumberGenerator.GetBytes(KeyBytes)]);

    /// <summary>These keys with a new one before them.</summary>
    /// <param name="place">Where they are kept, for a person who reads the error.</param>
    /// <exception cref="SessionIdKeyException">There are <see cref="Most"/> keys already.</exception>
    public SessionIdKeys Rotated(string place) => Keys.Count < Most ? new([RandomNumberGenerator.GetBytes(KeyBytes), .. Keys])
        : throw new SessionIdKeyException($"There are {Keys.Count} keys in '{place}', and no more are kept. Retire the former ones first ('keys retire').");

    /// <summary>The newest key alone.</summary>
    /// <param name="place">Where they are kept, for a person who reads the error.</param>
    /// <exception cref="SessionIdKeyException">There is only one.</exception>
    public SessionIdKeys WithoutFormer(string place) => Keys.Count > 1 ? new([Keys[0]])
        : throw new SessionIdKeyException($"There is nothing to retire in '{place}': it holds one key. Put a new one before it first ('keys rotate').");

    /// <summary>Whether these are the same keys in the same order.</summary>
    public bool Are(SessionIdKeys others) => Keys.Count == others.Keys.Count
        && Keys.Zip(others.Keys).All(pair => CryptographicOperations.FixedTimeEquals(pair.First, pair.Second));

    /// <summary>The stored form. A secret: a process that has these bytes can sign session ids.</summary>
    public byte[] ToBytes()
    {
        byte[] keys = [.. Keys.SelectMany(key => key)];
        return Keys.Count == 1 ? keys : [.. keys, .. SHA256.HashData(keys)];
    }

    /// <summary>Reads the result of <see cref="ToBytes"/>; null when the bytes are none.</summary>
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

        // Some file systems leave zeros after a power cut. With a key of zeros, an attacker could sign ids.
        return read.All(key => key.AsSpan().ContainsAnyExcept((byte)0)) ? new SessionIdKeys(read) : null;
    }

    private static string NameOf(byte[] key) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 4, info: "orleansmcp key name"u8.ToArray())
        .Aggregate("", (name, part) => name + part.ToString("x2", CultureInfo.InvariantCulture));
}
