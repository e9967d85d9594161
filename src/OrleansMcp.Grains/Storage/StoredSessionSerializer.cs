using System.Buffers.Binary;
using Orleans.Storage;
using OrleansMcp.Sessions.State;

namespace OrleansMcp.Grains.Storage;

/// <summary>
/// Writes ledgers as a format byte and their bytes, and session state as a short head (format, epoch, whether passivated in order) and the
/// record's bytes, without reflection or base64. The other properties of a <see cref="StoredSession"/> are in the record and are not
/// written again.
/// </summary>
internal sealed class StoredSessionSerializer : IGrainStorageSerializer
{
    private const byte Format = 1;
    private const byte LedgersFormat = 2;
    private const int HeadLength = 10;

    public BinaryData Serialize<T>(T? input)
    {
        if (input is StoredLedgers ledgers)
        {
            return new BinaryData((byte[])[LedgersFormat, .. ledgers.Record]);
        }

        if (input is not StoredSession stored)
        {
            throw new NotSupportedException($"This storage holds sessions, not {typeof(T)}.");
        }

        var bytes = new byte[HeadLength + stored.Record.Length];
        bytes[0] = Format;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), stored.Epoch);
        bytes[9] = stored.IsAsleep ? (byte)1 : (byte)0;
        stored.Record.CopyTo(bytes, HeadLength);
        return new BinaryData(bytes);
    }

    public T? Deserialize<T>(BinaryData input)
    {
        var bytes = input.ToMemory().Span;
        if (typeof(T) == typeof(StoredLedgers))
        {
            return bytes.Length > 0 && bytes[0] == LedgersFormat
                ? (T)(object)new StoredLedgers { Record = bytes[1..].ToArray() }
                : throw new InvalidDataException("The stored state does not begin like a tenant's ledgers.");
        }

        if (bytes.Length < HeadLength || bytes[0] != Format)
        {
            throw new InvalidDataException("The stored state does not begin like a session's.");
        }

        object stored = new StoredSession
        {
            Epoch = BinaryPrimitives.ReadInt64LittleEndian(bytes[1..]),
            IsAsleep = bytes[9] != 0,
            Record = bytes[HeadLength..].ToArray(),
        };
        return (T)stored;
    }
}
