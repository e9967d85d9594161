using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>
/// The checksum that every row carries, over its table, key, version and content: SQLite checks no pages by itself. 128 bits of XxHash3,
/// which is no signature: it tells damage and rows that stand in a wrong place, not an attacker who can write the file.
/// </summary>
internal sealed class RowChecksum
{
    /// <summary>Bytes of a checksum.</summary>
    public const int Length = 16;

    private readonly XxHash128 _hash = new();

    private RowChecksum(string table) => Add(table);

    /// <summary>Begins the checksum of a row of <paramref name="table"/>.</summary>
    public static RowChecksum Of(string table) => new(table);

    public RowChecksum Add(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        _hash.Append(bytes);
        return this;
    }

    /// <summary>With its length, so that no two rows of different columns have the same bytes.</summary>
    public RowChecksum Add(ReadOnlySpan<byte> bytes)
    {
        Add(bytes.Length);
        _hash.Append(bytes);
        return this;
    }

    public RowChecksum Add(string text) => Add(Encoding.UTF8.GetBytes(text));

    public byte[] ToBytes() => _hash.GetHashAndReset();

    /// <summary>Whether <paramref name="stored"/> is this checksum.</summary>
    public bool Is(ReadOnlySpan<byte> stored)
    {
        Span<byte> computed = stackalloc byte[Length];
        _hash.GetHashAndReset(computed);
        return computed.SequenceEqual(stored);
    }
}
