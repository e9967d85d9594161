namespace OrleansMcp.Memory;

/// <summary>
/// When a process is nearly full, the clients that hold most give up what they hold, the largest first, until there is room again. What is
/// small is not given up: it is soon over, and little is won by it.
/// </summary>
internal sealed class MemoryRelief(HeldMemory memory)
{
    private const long NearlyFullPercent = 85;
    private const long RoomPercent = 70;

    private int _isAsked; // one thread at a time makes room

    /// <summary>Makes room, soon, if <paramref name="held"/> is close to <paramref name="limit"/>.</summary>
    public void Consider(long held, long limit)
    {
        // Not on this thread, which holds the lock of a HeldBytes that may have to go itself.
        if (held >= limit / 100 * NearlyFullPercent && Interlocked.Exchange(ref _isAsked, 1) == 0)
        {
            ThreadPool.UnsafeQueueUserWorkItem(static self => self.Relieve(), this, preferLocal: false);
        }
    }

    /// <summary>Lets the heaviest clients give up what they hold.</summary>
    private void Relieve()
    {
        // What was told to go earlier and is not gone yet counts as gone: nobody is asked for more than is needed.
        var clients = memory.Clients.ToArray();
        var excess = memory.Held - (memory.Limit / 100 * RoomPercent) - clients.Sum(static client => client.Leaving);
        foreach (var one in clients.OrderByDescending(static client => client.Held).SelectMany(static client => client.Large()))
        {
            if (excess <= 0)
            {
                break;
            }

            excess -= one.Bytes;
            one.GiveUp();
        }

        Volatile.Write(ref _isAsked, 0);
    }
}
