using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Quotas;

/// <summary>
/// What one session may spend by itself. Spending is one synchronous step; when a lease is used up another one is fetched, by one request
/// at a time. What was used beyond a lease is owed and told to the tenant at once.
/// </summary>
internal sealed class SessionMeter(ITenant tenant, string client, SessionKey session, TimeProvider time)
{
    private readonly LeaseAtHand _lease = new(client, session, time);
    private readonly SemaphoreSlim _asking = new(1, 1);

    /// <summary>Calls that were admitted and have not ended.</summary>
    public int Running => _lease.Running;

    /// <summary>Admits a call by the lease at hand. Whoever gets true must call <see cref="Release"/>.</summary>
    public bool TryAdmit() => _lease.TryAdmit();

    /// <summary>Admits a call, with another lease if need be. Null when admitted; then <see cref="Release"/> must be called.</summary>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be written.</exception>
    public async ValueTask<QuotaRefusal?> AdmitAsync(CancellationToken cancellationToken)
    {
        if (_lease.FreshRefusal is { } again)
        {
            return again;
        }

        await _asking.WaitAsync(cancellationToken);
        try
        {
            while (!_lease.TryAdmit())
            {
                if (_lease.FreshRefusal is { } refused)
                {
                    return refused;
                }

                if (_lease.IsFull)
                {
                    return new QuotaRefusal(Quota.ConcurrentCalls, QuotaScope.Session, RetryAfterSeconds: 1);
                }

                if ((await SendAsync(_lease.RequestForCall())).Refusal is { } refusal)
                {
                    return refusal;
                }
            }

            return null;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>A call ended: what it held is free for the next one, here or elsewhere.</summary>
    public void Release()
    {
        if (_lease.Release())
        {
            _ = SettleAsync(renew: true);
        }
    }

    /// <summary>
    /// Spends an amount, with another lease if need be. Null when it was spent. With an amount of 0: null when there is anything to spend.
    /// </summary>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be written.</exception>
    public async ValueTask<QuotaRefusal?> SpendAsync(Quota quota, long amount, CancellationToken cancellationToken)
    {
        if (_lease.TrySpend(quota, amount))
        {
            return null;
        }

        await _asking.WaitAsync(cancellationToken);
        try
        {
            while (!_lease.TrySpend(quota, amount))
            {
                if ((await SendAsync(_lease.RequestFor(quota, Math.Max(amount, 1)))).Refusal is { } refusal)
                {
                    return refusal;
                }
            }

            return null;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Charges what was used already. What the lease does not cover is owed, and the tenant is told.</summary>
    public void Charge(Quota quota, long amount)
    {
        if (!_lease.Charge(quota, amount))
        {
            _ = SettleAsync(renew: false);
        }
    }

    /// <summary>Renews the slots of calls that take long.</summary>
    public Task RenewAsync() => SettleAsync(renew: true);

    /// <summary>Announces how much state the session keeps, in bytes. Null when it may.</summary>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be written.</exception>
    public async ValueTask<QuotaRefusal?> KeepAsync(long stateBytes)
    {
        await _asking.WaitAsync();
        try
        {
            return (await SendAsync(_lease.Request(renew: false) with { StateBytes = stateBytes })).Refusal;
        }
        finally
        {
            _asking.Release();
        }
    }

    /// <summary>Tells the tenant what is owed and what is held. Fails quietly: it is told with the next request.</summary>
    private async Task SettleAsync(bool renew)
    {
        await _asking.WaitAsync();
        try
        {
            var request = _lease.Request(renew);
            if (request.Owed.Count > 0 || request.Slots >= 0)
            {
                await SendAsync(request);
            }
        }
        catch (Exception e) when (e is QuotaUnavailableException or SessionUnavailableException or IOException)
        {
            // Owed still.
        }
        finally
        {
            _asking.Release();
        }
    }

    private async ValueTask<QuotaLease> SendAsync(QuotaRequest request)
    {
        var charged = false;
        try
        {
            var lease = await tenant.LeaseAsync(request, CancellationToken.None);
            charged = lease.HasCharged;
            if (lease.IsUnavailable)
            {
                throw new QuotaUnavailableException();
            }

            _lease.Take(request, lease);
            return lease;
        }
        finally
        {
            if (!charged)
            {
                _lease.OweAgain(request.Owed);
            }
        }
    }
}
