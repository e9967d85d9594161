using System.Text;

namespace OrleansMcp.Cluster.Tests.Telemetry;

/// <summary>A message in the wire format of Protocol Buffers, whose fields are known by number.</summary>
internal readonly struct ProtoMessage(ReadOnlyMemory<byte> bytes)
{
    private enum WireType
    {
        VarInt, Fixed64, Bytes, Fixed32 = 5,
    }

    public string Text => Encoding.UTF8.GetString(bytes.Span);

    public string Hex => Convert.ToHexStringLower(bytes.Span);

    /// <summary>The strings, byte strings and messages in this field.</summary>
    public IEnumerable<ProtoMessage> Each(int field)
    {
        for (var rest = bytes; rest.Length > 0;)
        {
            var tag = ReadVarInt(ref rest);
            var length = LengthOf((WireType)(tag & 7), ref rest);
            if ((int)(tag >> 3) == field)
            {
                yield return new ProtoMessage(rest[..length]);
            }

            rest = rest[length..];
        }
    }

    /// <summary>The first one in this field, or one that is empty.</summary>
    public ProtoMessage First(int field) => Each(field).FirstOrDefault();

    private static int LengthOf(WireType type, ref ReadOnlyMemory<byte> rest)
    {
        switch (type)
        {
            case WireType.VarInt:
                ReadVarInt(ref rest);
                return 0;
            case WireType.Fixed64:
                return sizeof(long);
            case WireType.Bytes:
                return (int)ReadVarInt(ref rest);
            case WireType.Fixed32:
                return sizeof(int);
            default:
                throw new FormatException($"Wire type {type}.");
        }
    }

    private static ulong ReadVarInt(ref ReadOnlyMemory<byte> rest)
    {
        var (value, shift) = (0UL, 0);
        while (true)
        {
            var next = rest.Span[0];
            rest = rest[1..];
            value |= (ulong)(next & 0x7F) << shift;
            shift += 7;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
