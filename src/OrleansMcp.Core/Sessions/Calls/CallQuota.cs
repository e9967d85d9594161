using OrleansMcp.Quotas;

namespace OrleansMcp.Sessions.Calls;

/// <summary>The quotas of the session as one call may see them.</summary>
internal sealed class CallQuota(RunningCall call) : ISessionQuota
{
    public ValueTask<IReadOnlyList<QuotaLeft>> ReadAsync(CancellationToken cancellationToken = default) =>
        call.Session.ReadQuotasAsync(cancellationToken);
}
