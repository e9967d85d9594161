using System.Buffers.Binary;

namespace OrleansMcp.Benchmarks.Servers;

/// <summary>
/// The managed heap of another process. Resident memory alone says little about sessions: an idle process never collects by itself, and the
/// young generation may grow to the size of the processor's cache (hundreds of megabytes on large machines) before it is collected.
/// </summary>
internal static class ManagedHeap
{
    private const ulong GcHeapCollect = 0x800000; // a session with this keyword begins with a full blocking collection

    private static readonly TimeSpan s_collecting = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_counting = TimeSpan.FromSeconds(2.5);

    /// <summary>Bytes of live objects: the heap's size after two full collections, the second for what the first let go to be finalised.</summary>
    public static async Task<long> LiveBytesAsync(int pid, CancellationToken cancellationToken)
    {
        var collect = new TraceProvider("Microsoft-Windows-DotNETRuntime", GcHeapCollect);
        await DiagnosticsPort.TraceAsync(pid, collect, s_collecting, cancellationToken);
        await DiagnosticsPort.TraceAsync(pid, collect, s_collecting, cancellationToken);
        var counters = new TraceProvider("System.Runtime", ulong.MaxValue, "EventCounterIntervalSec=1");
        var trace = await DiagnosticsPort.TraceAsync(pid, counters, s_counting, cancellationToken);
        return (long)(Counter(trace, "gc-heap-size") * 1_000_000);
    }

    /// <summary>The last value of a counter: its name, its display name (both UTF-16 with a terminator), its mean.</summary>
    private static double Counter(ReadOnlySpan<byte> trace, string name)
    {
        var pattern = Encoding.Unicode.GetBytes(name + "\0");
        var at = trace.LastIndexOf(pattern);
        if (at < 0)
        {
            throw new InvalidDataException($"The process did not report its counter {name}.");
        }

        at += pattern.Length;
        while (trace[at] != 0 || trace[at + 1] != 0)
        {
            at += 2;
        }

        return BinaryPrimitives.ReadDoubleLittleEndian(trace[(at + 2)..]);
    }
}
