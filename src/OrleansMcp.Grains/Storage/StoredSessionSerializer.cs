using System.Buffers.Binary;
using System.Text;
using Orleans.Storage;
using OrleansMcp.Sessions.State;
using OrleansMcp.Storage;

namespace OrleansMcp.Grains.Storage;

/// <summary>
/// Writes the state of sessions and ledgers as a short head and the record's bytes, without reflection or base64. The head begins with a format
/// byte and a checksum over all that follows, because a table service has none that a reader could check. The other properties of a
/// <see cref="StoredSession"/> are in the record and are not written again.
/// </summary>
internal sealed class StoredSessionSerializer : IGrainStorageSerializer
{
    private const byte Sessions = 3;
    private const byte Ledgers = 4;
    private const int SumAt = 1;
    private const int BodyAt = SumAt + RowChecksum.Length;
    private const int FlagAt = sizeof(long);
    private const int SessionHead = sizeof(long) + 1;
    private const int LedgersHead = sizeof(int);

    public BinaryData Serialize<T>(T? input) => input switch
    {
        StoredSession session => Sealed(Sessions, Write(session)),
        StoredLedgers ledgers => Sealed(Ledgers, Write(ledgers)),
        _ => throw new NotSupportedException($"This storage holds sessions, not {typeof(T)}."),
    };

    public T? Deserialize<T>(BinaryData input)
    {
        var bytes = input.ToMemory().Span;
        return typeof(T) == typeof(StoredLedgers)
            ? (T)(object)ReadLedgers(Open(Ledgers, bytes))
            : (T)(object)ReadSession(Open(Sessions, bytes));
    }

    private static byte[] Write(StoredSession session)
    {
        var body = new byte[BodyAt + SessionHead + session.Record.Length];
        BinaryPrimitives.WriteInt64LittleEndian(body.AsSpan(BodyAt), session.Epoch);
        body[BodyAt + FlagAt] = session.IsAsleep ? (byte)1 : (byte)0;
        session.Record.CopyTo(body, BodyAt + SessionHead);
        return body;
    }

    private static StoredSession ReadSession(ReadOnlySpan<byte> body) => body.Length < SessionHead ? throw Damaged() : new StoredSession
    {
        Epoch = BinaryPrimitives.ReadInt64LittleEndian(body), IsAsleep = body[FlagAt] != 0, Record = body[SessionHead..].ToArray(),
    };

    private static byte[] Write(StoredLedgers ledgers)
    {
        var tenant = Encoding.UTF8.GetBytes(ledgers.Tenant);
        var body = new byte[BodyAt + LedgersHead + tenant.Length + ledgers.Record.Length];
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(BodyAt), tenant.Length);
        tenant.CopyTo(body, BodyAt + LedgersHead);
        ledgers.Record.CopyTo(body, BodyAt + LedgersHead + tenant.Length);
        return body;
    }

    private static StoredLedgers ReadLedgers(ReadOnlySpan<byte> body)
    {
        if (body.Length < LedgersHead || BinaryPrimitives.ReadInt32LittleEndian(body) is var length && (length < 0 || length > body.Length - LedgersHead))
        {
            throw Damaged();
        }

        return new StoredLedgers { Tenant = Encoding.UTF8.GetString(body.Slice(LedgersHead, length)), Record = body[(LedgersHead + length)..].ToArray() };
    }

    private static BinaryData Sealed(byte format, byte[] bytes)
    {
        bytes[0] = format;
        Checksum(format, bytes.AsSpan(BodyAt)).ToBytes().CopyTo(bytes, SumAt);
        return new BinaryData(bytes);
    }

    private static ReadOnlySpan<byte> Open(byte format, ReadOnlySpan<byte> bytes) =>
        bytes.Length >= BodyAt && bytes[0] == format && Checksum(format, bytes[BodyAt..]).Is(bytes[SumAt..BodyAt]) ? bytes[BodyAt..] : throw Damaged();

    private static RowChecksum Checksum(byte format, ReadOnlySpan<byte> body) => RowChecksum.Of("state").Add(format).Add(body);

    private static InvalidDataException Damaged() => new("The stored state is not what was written: its checksum does not fit.");
}
