using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Quotas;

/// <summary>
/// What one session may spend by itself. Spending is one synchronous step; when a lease is used up another one is fetched, by one request
/// at a time. What was used beyond a lease is owed and told to the tenant at once.
/// </summary>
internal sealed class SessionMeter(ITenant tenant, string client, SessionKey session, TimeProvider time)
{
    private const int Metered = 5;
    private const int HintGrowth = 4;

    // What was just refused need not be asked again: nothing comes back within a window.
    private static readonly long s_refusalLasts = TimeSpan.FromMilliseconds(250).Ticks;
    private static readonly long[] s_firstHints = [1, 100_000, 64 * 1024, 1, 64 * 1024];
    private static readonly Quota[] s_ofCalls = [Quota.Calls, Quota.Compute, Quota.OutputBytes];

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly long[] _left = new long[Metered];
    private readonly long[] _owed = new long[Metered];
    private readonly long[] _hints = [.. s_firstHints];
    private long _until;
    private int _running;
    private int _slots;
    private int _slotsToKeep;
    private long _slotsUntil;
    private long _sessionSlots = QuotaLease.Unlimited;
    private long _sequence;
    private QuotaRefusal? _refusal;
    private long _refusedUntil;

    /// <summary>Calls that were admitted and have not ended.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Admits a call by the lease at hand. Whoever gets true must call <see cref="Release"/>.</summary>
    public bool TryAdmit()
    {
        var now = Now();
        lock (_gate)
        {
            if (now >= _until || _running >= _sessionSlots || !HasSlotLocked(now))
            {
                return false;
            }

            foreach (var quota in s_ofCalls)
            {
                if (_left[(int)quota] <= 0)
                {
                    return false;
                }
            }

            SpendLocked(Quota.Calls, 1);
            _running++;
            return true;
        }
    }

    /// <summary>Admits a call, with another lease if need be. Null when admitted; then <see cref="Release"/> must be called.</summary>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be written.</exception>
    public async ValueTask<QuotaRefusal?> AdmitAsync(CancellationToken cancellationToken)
    {
        if (FreshRefusal() is { } again)
        {
            return again;
        }

        await _asking.WaitAsync(cancellationToken);
        try
        {
            while (!TryAdmit())
            {
                if (FreshRefusal() is { } refused)
                {
                    return refused;
                }

                if (IsFull())
                {
                    return new QuotaRefusal(Quota.ConcurrentCalls, QuotaScope.Session, RetryAfterSeconds: 1);
                }

                if ((await AskAsync(s_ofCalls, need: 1, forCall: true)).Refusal is { } refusal)
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
        bool giveBack;
        lock (_gate)
        {
            _running--;
            giveBack = _slots != int.MaxValue && _slots > _running + _slotsToKeep && Now() < _slotsUntil;
        }

        if (giveBack)
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
        if (TrySpend(quota, amount))
        {
            return null;
        }

        await _asking.WaitAsync(cancellationToken);
        try
        {
            while (!TrySpend(quota, amount))
            {
                if ((await AskAsync([quota], Math.Max(amount, 1), forCall: false)).Refusal is { } refusal)
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
        bool owes;
        lock (_gate)
        {
            var left = Now() < _until ? _left[(int)quota] : 0;
            var covered = Math.Min(Math.Max(left, 0), amount);
            if (covered > 0)
            {
                SpendLocked(quota, covered);
            }

            _owed[(int)quota] += amount - covered;
            owes = amount > covered;
        }

        if (owes)
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
            return (await SendAsync(Request(renew: false) with { StateBytes = stateBytes })).Refusal;
        }
        finally
        {
            _asking.Release();
        }
    }

    private long Now() => time.GetUtcNow().UtcTicks;

    private bool HasSlotLocked(long now) => _slots == int.MaxValue || (_running < _slots && now < _slotsUntil);

    private void SpendLocked(Quota quota, long amount)
    {
        if (_left[(int)quota] != QuotaLease.Unlimited)
        {
            _left[(int)quota] -= amount;
        }
    }

    private bool TrySpend(Quota quota, long amount)
    {
        lock (_gate)
        {
            if (Now() >= _until || _left[(int)quota] < Math.Max(amount, 1))
            {
                return false;
            }

            SpendLocked(quota, amount);
            return true;
        }
    }

    private QuotaRefusal? FreshRefusal()
    {
        lock (_gate)
        {
            return Now() < _refusedUntil ? _refusal : null;
        }
    }

    private bool IsFull()
    {
        lock (_gate)
        {
            return _running >= _sessionSlots;
        }
    }

    /// <summary>Tells the tenant what is owed and what is held. Fails quietly: it is told with the next request.</summary>
    private async Task SettleAsync(bool renew)
    {
        await _asking.WaitAsync();
        try
        {
            var request = Request(renew);
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

    private async ValueTask<QuotaLease> AskAsync(Quota[] quotas, long need, bool forCall)
    {
        QuotaRequest request;
        lock (_gate)
        {
            var now = Now();
            var wanted = quotas.Select(quota => (Quota: quota, Left: now < _until ? _left[(int)quota] : 0)).Where(one => one.Left < need)
                .Select(one => new QuotaWish(one.Quota, need - one.Left, _hints[(int)one.Quota])).ToArray();
            request = RequestLocked() with { Wanted = wanted };
            if (forCall && (now >= _until || !HasSlotLocked(now)))
            {
                request = request with { Slots = _running + 1, SlotsInUse = _running };
            }
        }

        return await SendAsync(request);
    }

    private QuotaRequest Request(bool renew)
    {
        lock (_gate)
        {
            var request = RequestLocked();
            return renew && _slots != int.MaxValue && _slots > 0 ? request with { Slots = _running, SlotsInUse = _running } : request;
        }
    }

    private QuotaRequest RequestLocked()
    {
        var owed = new List<QuotaAmount>();
        for (var i = 0; i < Metered; i++)
        {
            if (_owed[i] > 0)
            {
                owed.Add(new QuotaAmount((Quota)i, _owed[i]));
                _owed[i] = 0;
            }
        }

        // Counts on from the clock, so that a later life of the session is heard as well.
        _sequence = Math.Max(_sequence + 1, Now());
        return new QuotaRequest(client, session) { Owed = owed, Sequence = _sequence };
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

            Take(request, lease);
            return lease;
        }
        finally
        {
            if (!charged)
            {
                OweAgain(request.Owed);
            }
        }
    }

    private void OweAgain(IReadOnlyList<QuotaAmount> owed)
    {
        lock (_gate)
        {
            foreach (var (quota, amount) in owed)
            {
                _owed[(int)quota] += amount;
            }
        }
    }

    private void Take(QuotaRequest request, QuotaLease lease)
    {
        lock (_gate)
        {
            if (lease.Refusal is { } refusal)
            {
                if ((int)refusal.Quota < Metered && s_ofCalls.Contains(refusal.Quota))
                {
                    (_refusal, _refusedUntil) = (refusal, Math.Min(Now() + s_refusalLasts, lease.Until.UtcTicks));
                }

                return;
            }

            if (lease.Until.UtcTicks > _until)
            {
                // What the former window left is void.
                _until = lease.Until.UtcTicks;
                Array.Clear(_left);
                s_firstHints.CopyTo(_hints, 0);
            }

            foreach (var (quota, amount) in lease.Granted)
            {
                ref var left = ref _left[(int)quota];
                left = amount == QuotaLease.Unlimited ? amount : left + amount;
                _hints[(int)quota] = Math.Min(_hints[(int)quota], long.MaxValue / HintGrowth) * HintGrowth;
            }

            _sessionSlots = lease.SessionSlots;
            if (request.Slots >= 0)
            {
                (_slots, _slotsUntil, _slotsToKeep) = (lease.Slots, lease.SlotsUntil.UtcTicks, lease.SlotsToKeep);
            }
        }
    }
}
