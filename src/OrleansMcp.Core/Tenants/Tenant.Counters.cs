using OrleansMcp.Authorization.Policies.Counters;

namespace OrleansMcp.Tenants;

/// <summary>The policy counters that the tenant's clients and sessions share: saved with its ledgers before a call is admitted.</summary>
public sealed partial class Tenant
{
    private readonly WindowCounters _counters = new();

    /// <inheritdoc/>
    public async ValueTask<CounterGrant> ReserveAsync(CounterReservation reservation, CancellationToken cancellationToken)
    {
        await LoadedAsync();
        var now = _time.GetUtcNow();
        var grant = _counters.Reserve(reservation, now);
        try
        {
            while (grant.IsGranted && !_counters.IsKept(reservation, now))
            {
                await WriteAsync();
            }
        }
        catch (IOException)
        {
            _counters.Undo(reservation, grant, now);
            throw;
        }

        return grant;
    }

    /// <inheritdoc/>
    public ValueTask ReturnAsync(CounterReservation reservation, CounterGrant grant, CancellationToken cancellationToken)
    {
        _counters.Return(reservation, grant, _time.GetUtcNow());
        return ValueTask.CompletedTask;
    }
}
