namespace OrleansMcp.Server.Commands;

/// <summary>What the program returns to who started it.</summary>
internal static class ExitCode
{
    /// <summary>Done, and what was looked at is as it should be.</summary>
    public const int Done = 0;

    /// <summary>Not done, or what was looked at is not as it should be.</summary>
    public const int Failed = 1;

    /// <summary>Not asked for rightly: nothing was begun.</summary>
    public const int Misused = 2;

    /// <summary>Nothing can be said of what was looked at: it could not be looked at, or not enough.</summary>
    public const int Inconclusive = 3;
}
