using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Targets;

namespace OrleansMcp.Drill.Run;

/// <summary>What a run leaves to be checked.</summary>
/// <param name="Operations">Every operation, in the order of the beginnings.</param>
/// <param name="Offered">Whether the server offers a tool to any client.</param>
/// <param name="Before">The signals before the run.</param>
/// <param name="After">The signals after the run.</param>
internal sealed record DrillHistory(
    IReadOnlyList<Operation> Operations, Func<string, bool> Offered, SignalReading Before, SignalReading After)
{
    /// <summary>How long after its beginning the run had its last answer, if the server was silent at its end; null when it was not.</summary>
    public TimeSpan? SilentAfter { get; init; }

    /// <summary>
    /// The sessions that the drill's own other server had still when the run was over, by the names it gives them; none where there is no such server.
    /// </summary>
    public IReadOnlyList<string> UpstreamLeft { get; init; } = [];

    /// <summary>How long each client waited until the server let it go on, all its virtual users together.</summary>
    public IReadOnlyDictionary<DrillClient, TimeSpan> Waited { get; init; } = new Dictionary<DrillClient, TimeSpan>();
}
