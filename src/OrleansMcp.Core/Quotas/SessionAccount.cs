using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;

namespace OrleansMcp.Quotas;

/// <summary>
/// Admits and charges the calls of one session with its <see cref="SessionMeter"/>, which is created with the first charge, and reports
/// refusals.
/// </summary>
internal sealed class SessionAccount(
    CurrentRecord record, ITenantDirectory tenants, ISignals signals, IConfigurationSource configuration, TimeProvider time)
{
    private const int PromptRefusals = 20;
    private static readonly TimeSpan s_slowRefusal = TimeSpan.FromMilliseconds(200);

    private SessionMeter? _meter;
    private int _refusals; // in a row

    public SessionMeter Meter => _meter ?? LazyInitializer.EnsureInitialized(ref _meter, NewMeter);

    /// <summary>The egress rules of the session's client.</summary>
    public EgressConfiguration EgressRules => configuration.Current.FindClient(record.Owner.Tenant, record.Owner.Client)?.Egress ?? new();

    /// <summary>Admits a call. Null when it was admitted; then <see cref="SessionMeter.Release"/> must be called.</summary>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be written.</exception>
    public async ValueTask<QuotaRefusal?> AdmitAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (Meter.TryAdmit())
        {
            return null;
        }

        if (await Meter.AdmitAsync(cancellationToken) is not { } refusal)
        {
            Volatile.Write(ref _refusals, 0);
            return null;
        }

        if (Interlocked.Increment(ref _refusals) > PromptRefusals)
        {
            // Slows down a client that calls again without a pause: its refusals cost as much CPU as calls, which other clients need.
            await Task.Delay(s_slowRefusal, TimeProvider.System, cancellationToken);
        }

        Report(caller, refusal);
        return refusal;
    }

    /// <summary>Spends before use, for a handler.</summary>
    /// <exception cref="QuotaExceededException">Nothing is left.</exception>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be written.</exception>
    public async ValueTask SpendAsync(RunningCall call, Quota quota, long amount, CancellationToken cancellationToken)
    {
        if (await Meter.SpendAsync(quota, amount, cancellationToken) is { } refusal)
        {
            Report(call.Caller, refusal);
            throw new QuotaExceededException(refusal);
        }
    }

    /// <summary>What is left of the session's quotas.</summary>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be read.</exception>
    public async ValueTask<IReadOnlyList<QuotaLeft>> ReadAsync(CancellationToken cancellationToken)
    {
        var owner = record.Owner;
        try
        {
            return await tenants.Get(owner.Tenant).ReadQuotasAsync(owner.Client, record.Key, cancellationToken);
        }
        catch (IOException)
        {
            throw new QuotaUnavailableException();
        }
    }

    /// <summary>The shortest call timeout that applies to the session, and the scope of its quota.</summary>
    public (TimeSpan Timeout, QuotaScope Whose) CallTimeout()
    {
        var (owner, current) = (record.Owner, configuration.Current);
        var (tenant, client) = (current.Tenants.GetValueOrDefault(owner.Tenant), current.FindClient(owner.Tenant, owner.Client));
        (QuotaConfiguration? Quotas, QuotaScope Whose)[] all =
        [
            (tenant?.SessionQuotas, QuotaScope.Session), (client?.SessionQuotas, QuotaScope.Session),
            (client?.Quotas, QuotaScope.Client), (tenant?.Quotas, QuotaScope.Tenant),
        ];
        return all.Select(one => (Timeout: one.Quotas?.CallTimeout ?? QuotaConfiguration.None.CallTimeout, one.Whose))
            .Where(one => one.Timeout != Timeout.InfiniteTimeSpan)
            .DefaultIfEmpty((Timeout.InfiniteTimeSpan, QuotaScope.Client))
            .MinBy(one => one.Item1);
    }

    /// <summary>Raises the signal that a quota refused something.</summary>
    public void Report(Caller caller, QuotaRefusal refusal) =>
        signals.Raise(Signal.OverQuota(caller, refusal, record.Owner, record.Key));

    /// <summary>Sends the tenant what is owed, and releases unused slots. Completed at once when nothing was ever spent.</summary>
    public Task SettleAsync() => _meter?.RenewAsync() ?? Task.CompletedTask;

    private SessionMeter NewMeter() => new(tenants.Get(record.Owner.Tenant), record.Owner.Client, record.Key, time);
}
