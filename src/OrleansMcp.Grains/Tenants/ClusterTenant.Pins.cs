using OrleansMcp.Grains.Directory;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Grains.Tenants;

/// <summary>The approved definitions of other servers' tools.</summary>
internal sealed partial class ClusterTenant
{
    public async ValueTask<IReadOnlyList<ToolJudgement>> JudgeToolsAsync(ToolListing listing, CancellationToken cancellationToken) =>
        await CallAsync(tenant => tenant.JudgeToolsAsync(listing), static _ => true);

    public async ValueTask<ToolPinPage> ReadToolPinsAsync(string server, string? after, int limit, CancellationToken cancellationToken) =>
        await GrainRetry.RunAsync(() => grain.ReadToolPinsAsync(server, after, limit));

    /// <remarks>Sent to the grain, once. An operator who gets no answer looks, and asks again.</remarks>
    public async ValueTask<ToolPinOutcome> ChangeToolPinsAsync(ToolPinChange change, CancellationToken cancellationToken)
    {
        try
        {
            return await grain.ChangeToolPinsAsync(change);
        }
        catch (Exception e) when (e is not IOException)
        {
            throw new IOException("The tenant did not answer. The change may be made.", e);
        }
    }
}
