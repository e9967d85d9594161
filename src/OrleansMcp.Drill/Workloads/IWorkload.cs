using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads;

/// <summary>A kind of step that a virtual user does.</summary>
internal interface IWorkload
{
    /// <summary>The tools that it calls; a user whose server does not offer all of them never does it.</summary>
    IReadOnlyList<string> Tools { get; }

    /// <summary>How often it is drawn, against the weights of the others.</summary>
    int Weight { get; }

    Task RunAsync(VirtualUser user, Random random, CancellationToken cancellationToken);
}
