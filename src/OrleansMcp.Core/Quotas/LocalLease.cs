using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>
/// The amounts that a session has leased of its tenant's budgets, and what it owes them. Every method is synchronous and sends nothing:
/// <see cref="Request"/> makes the message to the tenant, and <see cref="Take"/> applies the answer.
/// </summary>
internal sealed class LocalLease(string client, SessionKey session, TimeProvider time)
{
    private const int HintGrowth = 4;

    // What is used of compute without a limit is reported with the next request, and at once when it makes a second.
    private const long ComputeReport = 1_000_000;

    // A refusal is repeated locally for this long: within a window the tenant would refuse again.
    private static readonly long s_refusalLasts = TimeSpan.FromMilliseconds(250).Ticks;
    private static readonly Quota[] s_metered = [Quota.Calls, Quota.Compute, Quota.OutputBytes, Quota.EgressCalls, Quota.EgressBytes, Quota.Writes];
    private static readonly long[] s_firstHints = [1, 100_000, 64 * 1024, 1, 64 * 1024, 4];
    private static readonly Quota[] s_ofCalls = [Quota.Calls, Quota.Compute, Quota.OutputBytes];
    private static readonly Quota[] s_ofReads = [Quota.Compute, Quota.OutputBytes];

    private readonly Lock _gate = new();
    private readonly long[] _left = new long[s_metered.Length];
    private readonly long[] _owed = new long[s_metered.Length];
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

    /// <summary>Calls that were admitted and not yet released.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Whether the session runs as many calls as <see cref="QuotaLease.SessionSlots"/> allows.</summary>
    public bool IsFull
    {
        get
        {
            lock (_gate)
            {
                return _running >= _sessionSlots;
            }
        }
    }

    /// <summary>The tenant's last refusal of such a call while it is repeated locally, otherwise null.</summary>
    /// <param name="isTool">Whether it is a tool call; if not, it needs no <see cref="Quota.Calls"/>.</param>
    public QuotaRefusal? FreshRefusal(bool isTool)
    {
        lock (_gate)
        {
            return Now() < _refusedUntil && (isTool || _refusal?.Quota != Quota.Calls) ? _refusal : null;
        }
    }

    /// <summary>Admits a call. A caller that got true must call <see cref="Release"/>.</summary>
    /// <param name="isTool">Whether it is a tool call; if not, it needs no <see cref="Quota.Calls"/>.</param>
    public bool TryAdmit(bool isTool)
    {
        var now = Now();
        lock (_gate)
        {
            if (now >= _until || _running >= _sessionSlots || !HasSlotLocked(now))
            {
                return false;
            }

            foreach (var quota in isTool ? s_ofCalls : s_ofReads)
            {
                if (_left[PlaceOf(quota)] <= 0)
                {
                    return false;
                }
            }

            if (isTool)
            {
                SpendLocked(Quota.Calls, 1);
            }

            _running++;
            return true;
        }
    }

    /// <summary>Ends an admitted call. True when the session holds spare slots that it should give back to the tenant.</summary>
    public bool Release()
    {
        lock (_gate)
        {
            _running--;
            return _slots != int.MaxValue && _slots > _running + _slotsToKeep && Now() < _slotsUntil;
        }
    }

    /// <summary>Spends an amount. With an amount of 0, tells whether anything is left.</summary>
    public bool TrySpend(Quota quota, long amount)
    {
        lock (_gate)
        {
            if (Now() >= _until || _left[PlaceOf(quota)] < Math.Max(amount, 1))
            {
                return false;
            }

            SpendLocked(quota, amount);
            return true;
        }
    }

    /// <summary>
    /// Charges an amount that was used already. False when the session is to tell its tenant of it now: the lease did not cover it and the session
    /// owes the rest, or much compute was used that has no limit.
    /// </summary>
    public bool Charge(Quota quota, long amount)
    {
        lock (_gate)
        {
            var left = Now() < _until ? _left[PlaceOf(quota)] : 0;
            if (quota == Quota.Compute && left == QuotaLease.Unlimited)
            {
                return CountUnlimitedLocked(amount);
            }

            var covered = Math.Min(Math.Max(left, 0), amount);
            if (covered > 0)
            {
                SpendLocked(quota, covered);
            }

            _owed[PlaceOf(quota)] += amount - covered;
            return amount == covered;
        }
    }

    /// <summary>
    /// Makes a request that carries what is owed. The debt moves into the request; <see cref="OweAgain"/> takes it back.
    /// </summary>
    /// <param name="renew">Whether the request renews the slots in use and gives back the others.</param>
    public QuotaRequest Request(bool renew)
    {
        lock (_gate)
        {
            var request = RequestLocked();
            return renew && _slots != int.MaxValue && _slots > 0 ? request with { Slots = _running, SlotsInUse = _running } : request;
        }
    }

    /// <summary>Makes a request for enough of a quota to spend <paramref name="need"/>.</summary>
    public QuotaRequest RequestFor(Quota quota, long need)
    {
        lock (_gate)
        {
            return RequestLocked() with { Wanted = WishesLocked([quota], need) };
        }
    }

    /// <summary>Makes a request for what <see cref="TryAdmit"/> lacks. A tool gets writes with it, if there are any, that it may or may not need.</summary>
    public QuotaRequest RequestForCall(bool isTool)
    {
        lock (_gate)
        {
            QuotaWish[] wishes = [.. WishesLocked(isTool ? s_ofCalls : s_ofReads, need: 1), .. isTool ? SpareWritesLocked() : []];
            var (now, request) = (Now(), RequestLocked() with { Wanted = wishes });
            return now >= _until || !HasSlotLocked(now) ? request with { Slots = _running + 1, SlotsInUse = _running } : request;
        }
    }

    /// <summary>Takes back a debt that the tenant has not charged.</summary>
    public void OweAgain(IReadOnlyList<QuotaAmount> owed)
    {
        lock (_gate)
        {
            foreach (var (quota, amount) in owed)
            {
                _owed[PlaceOf(quota)] += amount;
            }
        }
    }

    /// <summary>Applies the tenant's answer to <paramref name="request"/>.</summary>
    public void Take(QuotaRequest request, QuotaLease lease)
    {
        lock (_gate)
        {
            if (lease.Refusal is { } refusal)
            {
                if (s_ofCalls.Contains(refusal.Quota))
                {
                    (_refusal, _refusedUntil) = (refusal, Math.Min(Now() + s_refusalLasts, lease.Until.UtcTicks));
                }

                return;
            }

            TurnLocked(lease.Until.UtcTicks);
            foreach (var (quota, amount) in lease.Granted)
            {
                ref var left = ref _left[PlaceOf(quota)];
                left = amount == QuotaLease.Unlimited ? amount : left + amount;
                ref var hint = ref _hints[PlaceOf(quota)];
                hint = Math.Min(hint, long.MaxValue / HintGrowth) * HintGrowth;
            }

            _sessionSlots = lease.SessionSlots;
            if (request.Slots >= 0)
            {
                (_slots, _slotsUntil, _slotsToKeep) = (lease.Slots, lease.SlotsUntil.UtcTicks, lease.SlotsToKeep);
            }
        }
    }

    private static int PlaceOf(Quota quota) => quota == Quota.Writes ? s_metered.Length - 1 : (int)quota;

    private long Now() => time.GetUtcNow().UtcTicks;

    private bool HasSlotLocked(long now) => _slots == int.MaxValue || (_running < _slots && now < _slotsUntil);

    private void SpendLocked(Quota quota, long amount)
    {
        if (_left[PlaceOf(quota)] != QuotaLease.Unlimited)
        {
            _left[PlaceOf(quota)] -= amount;
        }
    }

    /// <summary>Counts compute without a limit, so that operators see it. False once a second of compute, also while the tenant cannot be told.</summary>
    private bool CountUnlimitedLocked(long amount)
    {
        ref var owed = ref _owed[PlaceOf(Quota.Compute)];
        var reports = owed / ComputeReport;
        owed += amount;
        return owed / ComputeReport == reports;
    }

    /// <summary>Begins the window that ends at <paramref name="until"/>: amounts left over from the former window are void.</summary>
    private void TurnLocked(long until)
    {
        if (until > _until)
        {
            _until = until;
            Array.Clear(_left);
            s_firstHints.CopyTo(_hints, 0);
        }
    }

    private QuotaWish[] WishesLocked(Quota[] quotas, long need)
    {
        var isOver = Now() >= _until;
        return [.. quotas.Select(quota => (Quota: quota, Left: isOver ? 0 : _left[PlaceOf(quota)])).Where(one => one.Left < need)
            .Select(one => new QuotaWish(one.Quota, need - one.Left, _hints[PlaceOf(one.Quota)]))];
    }

    private IEnumerable<QuotaWish> SpareWritesLocked()
    {
        var place = PlaceOf(Quota.Writes);
        return Now() < _until && _left[place] > 0 ? [] : [new QuotaWish(Quota.Writes, Need: 0, _hints[place])];
    }

    private QuotaRequest RequestLocked()
    {
        var owed = new List<QuotaAmount>();
        for (var i = 0; i < s_metered.Length; i++)
        {
            if (_owed[i] > 0)
            {
                owed.Add(new QuotaAmount(s_metered[i], _owed[i]));
                _owed[i] = 0;
            }
        }

        // Never behind the clock, so that requests of a reactivated session are newer than those of its former activation.
        _sequence = Math.Max(_sequence + 1, Now());
        return new QuotaRequest(client, session) { Owed = owed, Sequence = _sequence };
    }
}
