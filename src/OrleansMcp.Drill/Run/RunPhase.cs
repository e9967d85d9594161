namespace OrleansMcp.Drill.Run;

/// <summary>A part of a run that ends at a time.</summary>
internal sealed class RunPhase(TimeSpan length, TimeProvider time)
{
    /// <summary>How long a part that needs a single answer of the server waits for it: longer than the minute after which a quota is whole again.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(70);

    private readonly long _started = time.GetTimestamp();

    public TimeSpan Rest => length - time.GetElapsedTime(_started);
}
