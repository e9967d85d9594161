using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Storage;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// A session whose row is damaged stops its tenant: it counts neither as ended nor as new. The tenant is taken from the grain's key,
/// because a damaged row may name another one (<see cref="OrleansMcp.Sessions.SessionKey.Tenant"/>).
/// </summary>
/// <remarks>The grain is activated all the same, so that callers get the error at once and do not retry as after the loss of a silo.</remarks>
internal sealed partial class SessionGrain
{
    private StoreDamagedException? _damage; // the damage of this session's row
    private bool _isTenantStopped; // in the process of its actor; set by the claim
    private bool _isStopped; // set by the claim

    /// <summary>
    /// Whether calls are refused because the tenant is stopped; stops it if this session's row is damaged. A session that was in memory
    /// before continues with the leases that it has.
    /// </summary>
    /// <exception cref="UnclaimedException">The record could not be claimed.</exception>
    private async ValueTask<bool> IsStoppedAsync()
    {
        await ClaimedAsync();
        var tenant = _key.Tenant;
        if (_damage is { } damage)
        {
            await StopAsync(tenant, damage);
        }
        else if (!_isStopped && (_session.Exists || !_stopped.Contains(tenant)))
        {
            return false;
        }

        DeactivateOnIdle();
        return true;
    }

    /// <summary>
    /// Stops the tenant in this process and in that of the tenant's grain. If the grain cannot be reached, the next call tries again.
    /// </summary>
    private async Task StopAsync(string tenant, StoreDamagedException damage)
    {
        _stopped.Stop(tenant, damage);
        try
        {
            await _grains.GetGrain<ITenantGrain>(tenant).StopAsync(damage.Message).WaitAsync(SessionTimings.Poll, SessionTimings.Clock);
        }
        catch (Exception e) when (RetryBudget.IsTransient(e))
        {
            LogNotTold(_logger, e, tenant);
        }
    }
}
