namespace OrleansMcp.Drill.Work;

/// <summary>A kind of step.</summary>
internal interface IWork
{
    /// <summary>The tools it needs; without them it is not done.</summary>
    IReadOnlyList<string> Tools { get; }

    /// <summary>How often it is done, against the others.</summary>
    int Weight { get; }

    Task RunAsync(Lane lane, Random random, CancellationToken cancellationToken);
}
