using OrleansMcp.Cutoffs;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Tenants;

/// <summary>The marks that end and refuse sessions.</summary>
internal sealed partial class ClusterTenant
{
    public async ValueTask<CutoffSet?> ReadCutoffsAsync(long known, CancellationToken cancellationToken)
    {
        var news = await CallAsync(tenant => tenant.ReadCutoffsAsync(known), static _ => true);
        return news.IsStopped ? throw new TenantStoppedException() : news.Marks;
    }

    /// <remarks>Sent to the grain, once: it may take as long as the store and all silos do. An operator who gets no answer asks again.</remarks>
    public async ValueTask<CutoffReceipt> CutOffAsync(CutoffChange change, CancellationToken cancellationToken)
    {
        try
        {
            return await grain.CutOffAsync(change) ?? throw new CutoffLimitException(CutoffLog.Most);
        }
        catch (Exception e) when (e is not IOException)
        {
            throw new IOException("The tenant did not answer. The mark may be set.", e);
        }
    }
}
