using System.Buffers;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.Serializers;
using Orleans.Serialization.WireProtocol;
using OrleansMcp.Protocol;

namespace OrleansMcp.Grains.Wire;

/// <summary>
/// Sends a message as the bytes that came from the client, and parses them again on arrival: the message that is executed is the one that
/// was checked, and nothing is re-encoded in between.
/// </summary>
[RegisterSerializer]
internal sealed class MessageCodec : IFieldCodec<McpMessage>
{
    public void WriteField<TBufferWriter>(ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, McpMessage? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (value is null)
        {
            ReferenceCodec.WriteNullReference(ref writer, fieldIdDelta);
            return;
        }

        ReferenceCodec.MarkValueField(writer.Session);
        writer.WriteFieldHeader(fieldIdDelta, expectedType, typeof(McpMessage), WireType.LengthPrefixed);
        writer.WriteVarUInt32((uint)value.Utf8.Length);
        writer.Write(value.Utf8.Span);
    }

    public McpMessage ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.IsReference)
        {
            return ReferenceCodec.ReadReference<McpMessage, TInput>(ref reader, field)!;
        }

        ReferenceCodec.MarkValueField(reader.Session);
        field.EnsureWireType(WireType.LengthPrefixed);
        return McpMessageParser.ParseElement(reader.ReadBytes(reader.ReadVarUInt32())); // What is no message here was none where it was sent.
    }
}

/// <summary>Messages are immutable, so a call within a process passes the same instance.</summary>
[RegisterCopier]
internal sealed class MessageCopier : ShallowCopier<McpMessage>;
