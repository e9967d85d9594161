using ModelContextProtocol.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;

namespace OrleansMcp.Sessions;

/// <summary>Whether a tool call may run: decided here for every call, whatever asked for it.</summary>
public sealed partial class Session
{
    private int _leased;
    private long _leasedUntil;

    /// <summary>Spends one call of the session's lease; fetches another lease from the client's ledger when it is used up.</summary>
    private async ValueTask<CallToolResult?> AdmitAsync(RunningCall call)
    {
        if (TrySpend())
        {
            return null;
        }

        var owner = _record!.Owner;
        var lease = await _host.Tenants.Get(owner.Tenant).LeaseCallsAsync(owner.Client, WantedCalls(owner), call.Token);
        if (lease.Calls > 0)
        {
            lock (_gate)
            {
                // The first of the lease is this call's; another call's lease of the same window adds up.
                _leased = (_leasedUntil == lease.Until.UtcTicks ? _leased : 0) + lease.Calls - 1;
                _leasedUntil = lease.Until.UtcTicks;
            }

            return null;
        }

        var wait = (int)Math.Max(1, Math.Ceiling((lease.Until - _host.Time.GetUtcNow()).TotalSeconds));
        _host.Signals.Raise(new Signal(SignalName.QuotaExceeded, call.Caller, owner, "callsPerMinute", Key));
        return ToolCall.Denied("quota_exceeded", "The client's calls per minute are used up (quota callsPerMinute).", wait);
    }

    private bool TrySpend()
    {
        var now = _host.Time.GetUtcNow().UtcTicks;
        lock (_gate)
        {
            if (_leased <= 0 || now >= _leasedUntil)
            {
                return false;
            }

            _leased--;
            return true;
        }
    }

    /// <summary>A thousandth of the budget at a time: large budgets cost few trips, small ones are shared call by call.</summary>
    private int WantedCalls(SessionOwner owner) =>
        Math.Clamp((_host.Configuration.FindClient(owner.Tenant, owner.Client)?.Quotas.CallsPerMinute ?? 0) / 1000, 1, 1000);
}
