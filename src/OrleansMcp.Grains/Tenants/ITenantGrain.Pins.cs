using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Grains.Tenants;

internal partial interface ITenantGrain
{
    /// <summary>Judges what another server has listed to a session.</summary>
    [Alias("judgetools")]
    Task<ToolJudgement[]> JudgeToolsAsync(ToolListing listing);

    /// <summary>What is kept of the tools of another server.</summary>
    [Alias("toolpins")]
    Task<ToolPinPage> ReadToolPinsAsync(string server, string? after, int limit);

    /// <summary>Approves definitions, or forgets tools.</summary>
    [Alias("changetoolpins"), ResponseTimeout("00:00:40")]
    Task<ToolPinOutcome> ChangeToolPinsAsync(ToolPinChange change);
}
