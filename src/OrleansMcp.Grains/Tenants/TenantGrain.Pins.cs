using OrleansMcp.Tenants;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Grains.Tenants;

/// <summary>Keeps the approved definitions of other servers' tools. They are read when a session first uses the server.</summary>
internal sealed partial class TenantGrain
{
    public async Task<ToolJudgement[]> JudgeToolsAsync(ToolListing listing) =>
        IsStopped ? throw new TenantStoppedException() : [.. await _tenant.JudgeToolsAsync(listing, CancellationToken.None)];

    public async Task<ToolPinPage> ReadToolPinsAsync(string server, string? after, int limit)
    {
        ThrowIfStopped();
        return await _tenant.ReadToolPinsAsync(server, after, limit, CancellationToken.None);
    }

    public async Task<ToolPinOutcome> ChangeToolPinsAsync(ToolPinChange change)
    {
        ThrowIfStopped();
        return await _tenant.ChangeToolPinsAsync(change, CancellationToken.None);
    }
}
