namespace OrleansMcp.Drill;

/// <summary>What a drill says of a server.</summary>
public enum DrillVerdict
{
    /// <summary>What could be checked was checked often enough, and there is no finding.</summary>
    Clean,

    /// <summary>There are findings.</summary>
    NotClean,

    /// <summary>There is no finding, but too little was done for that to mean something.</summary>
    Inconclusive,
}
