using OrleansMcp.Policies.Counters;

namespace OrleansMcp.Tenants;

/// <summary>The policy counters that the tenant's clients and sessions share.</summary>
public sealed partial class Tenant
{
    private readonly WindowCounters _counters = new();

    /// <inheritdoc/>
    public ValueTask<CounterGrant> ReserveAsync(CounterReservation reservation, CancellationToken cancellationToken) =>
        new(_counters.Reserve(reservation, _time.GetUtcNow()));

    /// <inheritdoc/>
    public ValueTask ReturnAsync(CounterReservation reservation, CounterGrant grant, CancellationToken cancellationToken)
    {
        _counters.Return(reservation, grant, _time.GetUtcNow());
        return ValueTask.CompletedTask;
    }
}
