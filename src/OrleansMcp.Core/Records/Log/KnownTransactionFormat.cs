using System.Buffers.Binary;

namespace OrleansMcp.Records.Log;

/// <summary>Known transactions as bytes, 32 each: they are written with every transaction.</summary>
public static class KnownTransactionFormat
{
    private const int Length = 32;

    /// <summary>Writes them, one behind the other.</summary>
    public static byte[] Write(IReadOnlyList<KnownTransaction> known)
    {
        var bytes = new byte[known.Count * Length];
        for (var i = 0; i < known.Count; i++)
        {
            var one = bytes.AsSpan(i * Length, Length);
            known[i].Id.TryWriteBytes(one);
            BinaryPrimitives.WriteInt64LittleEndian(one[16..], known[i].Version);
            BinaryPrimitives.WriteInt64LittleEndian(one[24..], known[i].At.UtcTicks);
        }

        return bytes;
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bytes are no known transactions.</exception>
    public static IReadOnlyList<KnownTransaction> Read(ReadOnlySpan<byte> bytes)
    {
        var known = new List<KnownTransaction>(bytes.Length / Length);
        for (; bytes.Length >= Length; bytes = bytes[Length..])
        {
            known.Add(new KnownTransaction(
                new Guid(bytes[..16]), BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), new(BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]), TimeSpan.Zero)));
        }

        return known;
    }
}
