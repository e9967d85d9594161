using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Quotas;

/// <summary>
/// Meters one session against its <see cref="LocalLease"/>. Spending is one synchronous step; when the lease is used up,
/// <see cref="SessionMeter"/> requests another one, by one request at a time. What was used beyond the lease is owed and sent to the tenant
/// at once.
/// </summary>
internal sealed class SessionMeter(ITenant tenant, string client, SessionKey session, TimeProvider time)
{
    private readonly LocalLease _lease = new(client, session, time);
    private readonly SemaphoreSlim _asking = new(1, 1);

    /// <summary>Calls that were admitted and not yet released.</summary>
    public int Running => _lease.Running;

    /// <summary>Admits a call by the local lease. A caller that got true must call <see cref="Release"/>.</summary>
    /// <param name="isTool">Whether it is a tool call; if not, it needs no <see cref="Quota.Calls"/>.</param>
    public bool TryAdmit(bool isTool) => _lease.TryAdmit(isTool);

    /// <summary>
    /// Admits a call, and requests another lease if needed. Null when admitted; then <see cref="Release"/> must be called.
    /// </summary>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be written.</exception>
    public async ValueTask<QuotaRefusal?> AdmitAsync(bool isTool, CancellationToken cancellationToken)
    {
        if (_lease.FreshRefusal(isTool) is { } again)
        {
            return again;
        }

        await _asking.WaitAsync(cancellationToken);
        try
        {
            while (!_lease.TryAdmit(isTool))
            {
                if (_lease.FreshRefusal(isTool) is { } refused)
                {
                    return refused;
                }

                if (_lease.IsFull)
                {
                    return new QuotaRefusal(Quota.ConcurrentCalls, QuotaScope.Session, RetryAfterSeconds: 1);
                }

                if ((await SendAsync(_lease.RequestForCall(isTool))).Refusal is { } refusal)
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

    /// <summary>Ends an admitted call, and gives spare slots back to the tenant.</summary>
    public void Release()
    {
        if (_lease.Release())
        {
            _ = SettleAsync(renew: true);
        }
    }

    /// <summary>
    /// Spends an amount, and requests another lease if needed. Null when it was spent. With an amount of 0: null when anything is left.
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

    /// <summary>Charges an amount that was used already. What the lease does not cover is owed, and is sent to the tenant.</summary>
    public void Charge(Quota quota, long amount)
    {
        if (!_lease.Charge(quota, amount))
        {
            _ = SettleAsync(renew: false);
        }
    }

    /// <summary>Renews the slots of running calls.</summary>
    public Task RenewAsync() => SettleAsync(renew: true);

    /// <summary>Announces how much state the session keeps, in bytes. Null when the tenant allows it.</summary>
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

    /// <summary>Sends the tenant what is owed and held. Does not throw: after a failure the next request carries it.</summary>
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
            // SendAsync has put back what was not charged; the next request carries it.
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
