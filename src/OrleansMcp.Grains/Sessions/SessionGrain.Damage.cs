using OrleansMcp.Grains.Directory;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Storage;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// A session whose row is damaged is no lost session, and no new one: it stops its tenant. The row cannot be believed when it names that
/// tenant; the grain's key can (<see cref="OrleansMcp.Sessions.SessionKey.Tenant"/>).
/// </summary>
/// <remarks>The grain comes to life all the same, so that a failure that stays is answered at once, and not taken for a lost silo's.</remarks>
internal sealed partial class SessionGrain
{
    private StoreDamagedException? _damage; // of this session's row
    private bool _isStopped; // as of the claim

    /// <summary>
    /// Whether a call for the tenant is refused because the tenant is stopped, or is from now on. A session that was in memory before goes
    /// on with what it was granted.
    /// </summary>
    /// <exception cref="UnclaimedException">That is not known here.</exception>
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

    /// <summary>Here, and where the tenant's actor lives. If that cannot be reached now, it is told with the next call.</summary>
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
