namespace OrleansMcp.Signals.Interference;

/// <summary>Counts events in slots of ten seconds for a quarter of an hour. Adding is one compare-and-swap.</summary>
internal sealed class ActivityRing
{
    /// <summary>Complete slots that are kept: 15 minutes. One more is being filled.</summary>
    public const int Slots = 90;

    private const int CountBits = 32;
    private static readonly long s_slotTicks = TimeSpan.FromSeconds(10).Ticks;

    // Slot number in the upper bits, count in the lower: one compare-and-swap both reuses a slot and counts in it.
    private readonly long[] _words = new long[Slots + 1];

    public static long SlotOf(DateTimeOffset at) => at.UtcTicks / s_slotTicks & int.MaxValue;

    public void Add(long slot)
    {
        ref var word = ref _words[slot % _words.Length];
        while (true)
        {
            var held = Volatile.Read(ref word);
            var next = held >> CountBits == slot ? held + 1 : (slot << CountBits) + 1;
            if (Interlocked.CompareExchange(ref word, next, held) == held)
            {
                return;
            }
        }
    }

    public long At(long slot)
    {
        var word = Volatile.Read(ref _words[slot % _words.Length]);
        return word >> CountBits == slot ? word & uint.MaxValue : 0;
    }
}
