using System.Runtime.InteropServices;

namespace OrleansMcp.Grains.Wire;

/// <summary>Converts memory to arrays without a copy where possible.</summary>
internal static class Bytes
{
    public static byte[]? Of(ReadOnlyMemory<byte> memory) => memory.IsEmpty
        ? null
        : MemoryMarshal.TryGetArray(memory, out var segment) && segment.Offset == 0 && segment.Count == segment.Array!.Length
            ? segment.Array
            : memory.ToArray();
}
