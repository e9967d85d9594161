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

    /// <summary>How long counters are listened to; they speak once a second.</summary>
    public static TimeSpan Counting { get; } = TimeSpan.FromSeconds(2.5);

    /// <summary>Bytes of live objects: the heap's size after two full collections, the second for what the first let go to be finalised.</summary>
    public static async Task<long> LiveBytesAsync(int pid, CancellationToken cancellationToken)
    {
        var collect = new TraceProvider("Microsoft-Windows-DotNETRuntime", GcHeapCollect);
        await DiagnosticsPort.TraceAsync(pid, collect, s_collecting, cancellationToken);
        await DiagnosticsPort.TraceAsync(pid, collect, s_collecting, cancellationToken);
        return (long)(Counter(await CountersAsync(pid, cancellationToken), "gc-heap-size") * 1_000_000);
    }

    /// <summary>Bytes that the process allocates in a second, over the last second of a <see cref="Counting"/> that begins now.</summary>
    public static async Task<double> AllocatedPerSecondAsync(int pid, CancellationToken cancellationToken) =>
        Counter(await CountersAsync(pid, cancellationToken), "alloc-rate", (sizeof(char) * "00:00:01\0".Length));

    private static Task<byte[]> CountersAsync(int pid, CancellationToken cancellationToken) => DiagnosticsPort.TraceAsync(
        pid, new TraceProvider("System.Runtime", ulong.MaxValue, "EventCounterIntervalSec=1"), Counting, cancellationToken);

    /// <summary>
    /// The last value of a counter: its name, its display name (both UTF-16 with a terminator), then its mean; or the time that its rate is
    /// for, <paramref name="skipped"/> bytes of text, and its increment.
    /// </summary>
    private static double Counter(ReadOnlySpan<byte> trace, string name, int skipped = 0)
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

        return BinaryPrimitives.ReadDoubleLittleEndian(trace[(at + 2 + skipped)..]);
    }
}
