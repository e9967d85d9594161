namespace OrleansMcp.Drill.Run.Pacing;

/// <summary>Tells a server that is gone from one that leaves single requests unanswered.</summary>
/// <param name="enough">After how many requests without an answer in a row the server counts as silent.</param>
/// <param name="time">The clock.</param>
internal sealed class Answers(int enough, TimeProvider time)
{
    // A server that starts again takes a while.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new(); // guards the fields below
    private long _last = time.GetTimestamp();
    private int _missing;

    /// <summary>When the last answer came, as a timestamp.</summary>
    public long Last
    {
        get
        {
            lock (_gate)
            {
                return _last;
            }
        }
    }

    /// <summary>Whether nothing was answered of late.</summary>
    public bool IsSilent
    {
        get
        {
            lock (_gate)
            {
                return _missing >= enough;
            }
        }
    }

    /// <summary>Whether it is of no use to go on.</summary>
    public bool IsGone => IsSilent && time.GetElapsedTime(Last) >= s_patience;

    public void Note(bool isAnswered)
    {
        lock (_gate)
        {
            (_last, _missing) = isAnswered ? (time.GetTimestamp(), 0) : (_last, _missing + 1);
        }
    }
}
