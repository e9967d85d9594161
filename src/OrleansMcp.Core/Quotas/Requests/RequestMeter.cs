using System.Collections.Concurrent;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;

namespace OrleansMcp.Quotas.Requests;

/// <summary>
/// Counts the requests that reach this process against the quotas of their client and its tenant, before a body is read or a session found, so
/// that one too many costs next to nothing. A session counts its own as well (<see cref="SessionAccount.CountRequest"/>).
/// </summary>
/// <remarks>
/// Within one process the count is exact. It is reported to the tenant, which knows the other processes and answers when the quota is used up
/// over all of them; each may have admitted one part in <see cref="ClientRequestCount.Reports"/> more by then. No request waits for the tenant, and
/// when the tenant cannot be reached the count of this process alone decides.
/// </remarks>
public sealed class RequestMeter
{
    // What comes faster than a tenth of the minute's quota in a second waits, and costs nobody else the processor; 100 in a second never wait.
    private static readonly TimeSpan s_tenthOfMinute = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(10);

    // What is refused costs as much as what is served at the least quota, and no more than these wait at a time.
    private static readonly TimeSpan s_refused = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(2);

    private readonly ITenantDirectory _tenants;
    private readonly IConfigurationSource _configuration;
    private readonly ISignals _signals;
    private readonly TenantMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly TimeProvider _pace;
    private readonly ConcurrentDictionary<(string Tenant, string Client), ClientRequestCount> _clients = new();
    private readonly ConcurrentDictionary<string, RequestCount> _ofTenants = new(StringComparer.Ordinal);

    /// <param name="tenants">Told of the counts.</param>
    /// <param name="configuration">The quotas.</param>
    /// <param name="signals">Raises <see cref="SignalName.QuotaExceeded"/>.</param>
    /// <param name="metrics">Counts what is admitted.</param>
    /// <param name="time">The clock of the windows.</param>
    public RequestMeter(ITenantDirectory tenants, IConfigurationSource configuration, ISignals signals, TenantMetrics metrics, TimeProvider time)
        : this(tenants, configuration, signals, metrics, time, TimeProvider.System)
    {
    }

    internal RequestMeter(
        ITenantDirectory tenants, IConfigurationSource configuration, ISignals signals, TenantMetrics metrics, TimeProvider time, TimeProvider pace)
    {
        (_tenants, _configuration, _signals, _metrics, _time, _pace) = (tenants, configuration, signals, metrics, time, pace);
        configuration.Changed += Reconfigure;
    }

    /// <summary>Counts a request. Null when its client may have it. Waits when the client's come too fast.</summary>
    /// <param name="caller">Who sent it.</param>
    /// <param name="cancellationToken">Cancels waiting.</param>
    public ValueTask<QuotaRefusal?> AdmitAsync(Caller caller, CancellationToken cancellationToken)
    {
        var count = CountOf(caller);
        if (Judge(count, caller, 1) is { } refusal)
        {
            return RefuseAsync(count, refusal, cancellationToken);
        }

        var limit = count.Limit;
        var wait = limit == QuotaConfiguration.Unlimited ? TimeSpan.Zero : count.Pace.Spend(Cost(limit), _pace.GetElapsedTime(0));
        return wait > TimeSpan.Zero ? WaitAsync(wait, cancellationToken) : default;
    }

    /// <summary>Counts the further messages of a batch. Null when their client may have them.</summary>
    public QuotaRefusal? Admit(Caller caller, int further) => further > 0 ? Judge(CountOf(caller), caller, further) : null;

    /// <summary>Raises the signal that something was refused. Whoever refuses it says so, because a message may turn out to be one that never is.</summary>
    public void Refused(Caller caller, QuotaRefusal refusal) => _signals.Raise(Signal.OverQuota(caller, refusal));

    /// <summary>Counts a request that is never refused. It waits like one that is, when its client has used up its quota.</summary>
    public async ValueTask CountAsync(Caller caller, CancellationToken cancellationToken)
    {
        var count = CountOf(caller);
        if (Judge(count, caller, 1) is { } refusal)
        {
            await RefuseAsync(count, refusal, cancellationToken);
        }
    }

    /// <summary>Opens a stream that listens. Null, with the refusal, when the client or its tenant has as many open as it may.</summary>
    public IDisposable? TryOpenStream(Caller caller, out QuotaRefusal? refusal)
    {
        var count = CountOf(caller);
        var whose = !count.Streams.TryOpen(count.StreamLimit) ? QuotaScope.Client
            : count.Tenant.Streams.TryOpen(count.Tenant.StreamLimit) ? (QuotaScope?)null
            : QuotaScope.Tenant;
        if (whose is not { } scope)
        {
            refusal = null;
            return new OpenStream(count);
        }

        if (scope == QuotaScope.Tenant)
        {
            count.Streams.Close();
        }

        refusal = new QuotaRefusal(Quota.ConcurrentStreams, scope, RetryAfterSeconds: 1);
        Refused(caller, refusal);
        return null;
    }

    private static TimeSpan Cost(long limit)
    {
        var cost = s_tenthOfMinute / Math.Max(1, limit);
        return cost < s_longest ? cost : s_longest;
    }

    private QuotaRefusal? Judge(ClientRequestCount count, Caller caller, int requests)
    {
        var now = _time.GetUtcNow();
        if (count.RefusalAt(now) is { } told)
        {
            return told;
        }

        var whose = !count.TryAdd(now, requests) ? QuotaScope.Client
            : count.Tenant.TryAdd(now, requests) ? (QuotaScope?)null
            : QuotaScope.Tenant;
        if (whose is { } scope)
        {
            return new QuotaRefusal(Quota.Requests, scope, MinuteCount.SecondsLeft(now));
        }

        _metrics.Admitted(caller.Tenant, requests);
        if (count.TakeReport(now, requests) is > 0 and var report)
        {
            _ = ReportAsync(count, caller, report);
        }

        return null;
    }

    private async Task ReportAsync(ClientRequestCount count, Caller caller, long requests)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // The request goes on meanwhile.
        for (; requests > 0; requests = count.TakeNextReport())
        {
            try
            {
                if (await _tenants.Get(caller.Tenant).CountRequestsAsync(caller.Client, requests, CancellationToken.None) is { } refusal)
                {
                    count.Refuse(refusal, _time.GetUtcNow());
                }
            }
            catch (Exception)
            {
                // Whatever the reason, the tenant knows that many less, and the next report is made all the same.
            }
        }
    }

    private async ValueTask<QuotaRefusal?> RefuseAsync(ClientRequestCount count, QuotaRefusal refusal, CancellationToken cancellationToken)
    {
        var now = _pace.GetElapsedTime(0);
        var wait = count.RefusalPace.Wait(now) is { } already && already >= s_longestWait ? already : count.RefusalPace.Spend(s_refused, now);
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait < s_longestWait ? wait : s_longestWait, _pace, cancellationToken);
        }

        return refusal;
    }

    private async ValueTask<QuotaRefusal?> WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        await Task.Delay(wait, _pace, cancellationToken);
        return null;
    }

    private ClientRequestCount CountOf(Caller caller) => _clients.TryGetValue((caller.Tenant, caller.Client), out var known)
        ? known
        : _clients.GetOrAdd((caller.Tenant, caller.Client), static (key, self) => self.NewCount(key.Tenant, key.Client), this);

    private ClientRequestCount NewCount(string tenant, string client)
    {
        var count = new ClientRequestCount(_ofTenants.GetOrAdd(tenant, static (id, self) => self.NewCount(id), this));
        count.Apply(_configuration.Current.FindClient(tenant, client)?.Quotas);
        return count;
    }

    private RequestCount NewCount(string tenant)
    {
        var count = new RequestCount();
        count.Apply(_configuration.Current.Tenants.GetValueOrDefault(tenant)?.Quotas);
        return count;
    }

    /// <summary>Applies other quotas, and forgets clients that are registered no more.</summary>
    private void Reconfigure()
    {
        foreach (var (tenant, count) in _ofTenants)
        {
            count.Apply(_configuration.Current.Tenants.GetValueOrDefault(tenant)?.Quotas);
        }

        foreach (var (key, count) in _clients)
        {
            var client = _configuration.Current.FindClient(key.Tenant, key.Client);
            count.Apply(client?.Quotas);
            if (client is null && count.Streams.Open == 0)
            {
                _clients.TryRemove(KeyValuePair.Create(key, count));
            }
        }
    }

    private sealed class OpenStream(ClientRequestCount count) : IDisposable
    {
        private int _isClosed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isClosed, 1) == 0)
            {
                count.Streams.Close();
                count.Tenant.Streams.Close();
            }
        }
    }
}
