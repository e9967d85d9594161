namespace OrleansMcp.Tools;

/// <summary>Which thread the calls of a handler begin on.</summary>
internal enum HandlerThread
{
    /// <summary>The thread of the caller.</summary>
    Callers,

    /// <summary>A thread of the pool, so that the caller can be answered while the handler blocks it.</summary>
    Pooled,

    /// <summary>A thread of its own, for a handler that blocks threads: the pool has none to spare.</summary>
    Own,
}

/// <summary>
/// Chooses the thread for the calls of a handler. A call that blocks the caller's thread cannot be abandoned; so a handler runs there only after
/// several brief calls, and gets threads of its own after a long one: permanently when a call that blocked its thread was abandoned.
/// </summary>
internal sealed class HandlerConduct
{
    private const int Proofs = 16;
    private static readonly TimeSpan s_brief = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_long = TimeSpan.FromMilliseconds(50);

    private int _proofs;
    private bool _isLost;

    public HandlerThread Thread => Volatile.Read(ref _isLost) ? HandlerThread.Own : Volatile.Read(ref _proofs) switch
    {
        < 0 => HandlerThread.Own,
        < Proofs => HandlerThread.Pooled,
        _ => HandlerThread.Callers,
    };

    /// <summary>A call released its thread, finished or not, after this time.</summary>
    public void Observe(TimeSpan held)
    {
        if (held >= s_brief)
        {
            Volatile.Write(ref _proofs, held > s_long ? -Proofs : 0);
        }
        else if (Volatile.Read(ref _proofs) < Proofs)
        {
            Interlocked.Increment(ref _proofs);
        }
    }

    /// <summary>A call was abandoned that had not released its thread.</summary>
    public void HoldsThreads() => Volatile.Write(ref _isLost, true);
}
