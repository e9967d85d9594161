using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace OrleansMcp.Storage;

/// <summary>
/// The checksum that every row carries, over its table, key, version and content: neither SQLite nor a table service checks them. 128 bits of
/// XxHash3, which is no signature: it tells damage and rows that stand in a wrong place, not an attacker who can write the store.
/// </summary>
public sealed class RowChecksum
{
    /// <summary>Bytes of a checksum.</summary>
    public const int Length = 16;

    private readonly XxHash128 _hash = new();

    private RowChecksum(string table) => Add(table);

    /// <summary>Begins the checksum of a row of <paramref name="table"/>.</summary>
    public static RowChecksum Of(string table) => new(table);

    /// <summary>Adds a number.</summary>
    public RowChecksum Add(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _hash.Append(bytes);
        return this;
    }

    /// <summary>Adds bytes with their length, so that no two rows of different columns have the same bytes.</summary>
    public RowChecksum Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        _hash.Append(bytes);
        return this;
    }

    /// <summary>Adds a text, as UTF-8 with its length.</summary>
    public RowChecksum Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    /// <summary>The checksum of what was added. Begins anew.</summary>
    public byte[] ToBytes() => _hash.GetHashAndReset();

    /// <summary>Whether <paramref name="stored"/> is the checksum of what was added. Begins anew.</summary>
    public bool Is(ReadOnlySpan<byte> stored)
    {
        Span<byte> computed = stackalloc byte[Length];
        _hash.GetHashAndReset(computed);
        return computed.SequenceEqual(stored);
    }
}
