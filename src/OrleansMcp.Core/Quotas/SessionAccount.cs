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
    CurrentRecord record, ITenantDirectory tenants, ISignals signals, TenantMetrics metrics, IConfigurationSource configuration, TimeProvider time)
{
    private const int PromptRefusals = 20;
    private static readonly TimeSpan s_slowRefusal = TimeSpan.FromMilliseconds(200);

    private SessionMeter? _meter;
    private int _refusals; // in a row
    private MinuteCount _requests;
    private MinuteCount _writes;

    public SessionMeter Meter => _meter ?? LazyInitializer.EnsureInitialized(ref _meter, NewMeter);

    /// <summary>The egress rules of the session's client.</summary>
    public EgressConfiguration EgressRules => configuration.Current.FindClient(record.Owner.Tenant, record.Owner.Client)?.Egress ?? new();

    /// <summary>Counts a request of the session. Null when it may have it.</summary>
    public QuotaRefusal? CountRequest(Caller caller)
    {
        var now = time.GetUtcNow();
        if (_requests.TryAdd(now, 1, SessionQuotas.Of(record.Owner, configuration.Current).Requests))
        {
            return null;
        }

        var refusal = new QuotaRefusal(Quota.Requests, QuotaScope.Session, MinuteCount.SecondsLeft(now));
        Report(caller, refusal);
        return refusal;
    }

    /// <summary>Counts a request that is never refused.</summary>
    public void CountAnyway() => _requests.Add(time.GetUtcNow(), 1);

    /// <summary>Spends a write, before what it writes is made durable.</summary>
    /// <exception cref="QuotaExceededException">Nothing is left.</exception>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be written.</exception>
    public async ValueTask SpendWriteAsync(CancellationToken cancellationToken)
    {
        var (now, owner) = (time.GetUtcNow(), record.Owner);
        var refusal = _writes.TryAdd(now, 1, SessionQuotas.Of(owner, configuration.Current).Writes)
            ? await Meter.SpendAsync(Quota.Writes, 1, cancellationToken)
            : new QuotaRefusal(Quota.Writes, QuotaScope.Session, MinuteCount.SecondsLeft(now));
        if (refusal is not null)
        {
            Report(new Caller(owner.Tenant, owner.Client, owner.Subject), refusal);
            throw new QuotaExceededException(refusal);
        }
    }

    /// <summary>
    /// Runs a request without a handler of its own, such as a list: of the quotas of calls only the bytes of its answer count, where they are
    /// limited.
    /// </summary>
    /// <exception cref="QuotaExceededException">The bytes of the minute are used up.</exception>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be written.</exception>
    public async ValueTask<byte[]> MeterOutputAsync(RunningCall call, Func<RunningCall, ValueTask<byte[]>> answer)
    {
        if (!IsOutputLimited())
        {
            return await answer(call);
        }

        await SpendAsync(call, Quota.OutputBytes, amount: 0, call.Token);
        var bytes = await answer(call);
        Meter.Charge(Quota.OutputBytes, bytes.Length);
        return bytes;
    }

    /// <summary>Admits a call. Null when it was admitted; then <see cref="SessionMeter.Release"/> must be called.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="isTool">Whether it is a tool call; if not, it needs no <see cref="Quota.Calls"/>.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be written.</exception>
    public async ValueTask<QuotaRefusal?> AdmitAsync(Caller caller, bool isTool, CancellationToken cancellationToken)
    {
        if (Meter.TryAdmit(isTool))
        {
            return null;
        }

        if (await Meter.AdmitAsync(isTool, cancellationToken) is not { } refusal)
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

    /// <summary>Charges wall time that was used, in microseconds.</summary>
    public void ChargeCompute(long microseconds)
    {
        Meter.Charge(Quota.Compute, microseconds);
        metrics.Computed(record.Owner.Tenant, microseconds);
    }

    /// <summary>What is left of the session's quotas.</summary>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be read.</exception>
    public async ValueTask<IReadOnlyList<QuotaLeft>> ReadAsync(CancellationToken cancellationToken)
    {
        var owner = record.Owner;
        try
        {
            return [.. await tenants.Get(owner.Tenant).ReadQuotasAsync(owner.Client, record.Key, cancellationToken), .. ReadOwn()];
        }
        catch (IOException)
        {
            throw new QuotaUnavailableException();
        }
    }

    /// <summary>The shortest call timeout that applies to the session, and the scope of its quota.</summary>
    public (TimeSpan Timeout, QuotaScope Whose) CallTimeout()
    {
        var shortest = (Timeout: Timeout.InfiniteTimeSpan, Whose: QuotaScope.Client);
        foreach (var (quotas, whose) in Levels())
        {
            var timeout = (quotas ?? QuotaConfiguration.None).CallTimeout;
            if (timeout != Timeout.InfiniteTimeSpan && (shortest.Timeout == Timeout.InfiniteTimeSpan || timeout < shortest.Timeout))
            {
                shortest = (timeout, whose);
            }
        }

        return shortest;
    }

    /// <summary>Raises the signal that a quota refused something.</summary>
    public void Report(Caller caller, QuotaRefusal refusal) =>
        signals.Raise(Signal.OverQuota(caller, refusal, record.Owner, record.Key));

    /// <summary>Sends the tenant what is owed, and releases unused slots. Completed at once when nothing was ever spent.</summary>
    public Task SettleAsync() => _meter?.RenewAsync() ?? Task.CompletedTask;

    private bool IsOutputLimited() => Levels().Any(one => one.Quotas is { OutputBytesPerMinute: < QuotaConfiguration.Unlimited });

    private (QuotaConfiguration? Quotas, QuotaScope Whose)[] Levels()
    {
        var (owner, current) = (record.Owner, configuration.Current);
        var (tenant, client) = (current.Tenants.GetValueOrDefault(owner.Tenant), current.FindClient(owner.Tenant, owner.Client));
        return
        [
            (tenant?.SessionQuotas, QuotaScope.Session), (client?.SessionQuotas, QuotaScope.Session),
            (client?.Quotas, QuotaScope.Client), (tenant?.Quotas, QuotaScope.Tenant),
        ];
    }

    private IEnumerable<QuotaLeft> ReadOwn()
    {
        var (now, limits) = (time.GetUtcNow(), SessionQuotas.Of(record.Owner, configuration.Current));
        var end = now.AddTicks(TimeSpan.TicksPerMinute - (now.UtcTicks % TimeSpan.TicksPerMinute));
        (Quota Quota, long Limit, long Used)[] all = [(Quota.Requests, limits.Requests, _requests.In(now)), (Quota.Writes, limits.Writes, _writes.In(now))];
        return all.Where(one => one.Limit != QuotaConfiguration.Unlimited)
            .Select(one => new QuotaLeft(QuotaNames.Of(one.Quota), QuotaScope.Session, one.Limit, Math.Max(0, one.Limit - one.Used), end));
    }

    private SessionMeter NewMeter() => new(tenants.Get(record.Owner.Tenant), record.Owner.Client, record.Key, time);
}
