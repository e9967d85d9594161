using OrleansMcp.Configuration;

namespace OrleansMcp.Quotas.Usage;

/// <summary>
/// What was used in the present minute of the quotas that operators see although they have no limit: compute and requests. It limits nothing, and
/// is not stored.
/// </summary>
internal struct UnlimitedUse
{
    private long _compute;
    private long _requests;

    /// <summary>Whether operators see the quota although it has no limit.</summary>
    public static bool IsSeen(Quota quota) => quota is Quota.Compute or Quota.Requests;

    public void Add(Quota quota, long amount)
    {
        if (amount == QuotaConfiguration.Unlimited)
        {
            return; // A lease without a limit: its session reports what it has used.
        }

        _compute += quota == Quota.Compute ? amount : 0;
        _requests += quota == Quota.Requests ? amount : 0;
    }

    public readonly long Of(Quota quota) => quota switch
    {
        Quota.Compute => _compute,
        Quota.Requests => _requests,
        _ => 0,
    };
}
