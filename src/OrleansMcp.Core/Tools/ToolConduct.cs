namespace OrleansMcp.Tools;

/// <summary>Which thread a tool's calls begin on.</summary>
internal enum ToolThread
{
    /// <summary>The one that brought the call.</summary>
    Callers,

    /// <summary>One of the pool, so that the caller can be answered whatever the tool does.</summary>
    Pooled,

    /// <summary>One of its own: the tool holds threads, and the pool has none to spare.</summary>
    Own,
}

/// <summary>
/// How a tool treats the thread it is called on. A tool that never awaits cannot be abandoned by the thread it runs on; so a tool gets that
/// of its caller only after it was seen to be brief, and loses it when it is seen to hold one: for good when it had to be given up.
/// </summary>
internal sealed class ToolConduct
{
    private const int Proofs = 16;
    private static readonly TimeSpan s_brief = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan s_long = TimeSpan.FromMilliseconds(50);

    private int _proofs;
    private bool _isLost;

    public ToolThread Thread => Volatile.Read(ref _isLost) ? ToolThread.Own : Volatile.Read(ref _proofs) switch
    {
        < 0 => ToolThread.Own,
        < Proofs => ToolThread.Pooled,
        _ => ToolThread.Callers,
    };

    /// <summary>A call gave its thread back, finished or not, after so long.</summary>
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

    /// <summary>A call was given up that had not given its thread back.</summary>
    public void HoldsThreads() => Volatile.Write(ref _isLost, true);
}
