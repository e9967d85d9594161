using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>
/// What a session holds of its tenant's budgets, and what it owes them. Every step is synchronous and asks nobody; what to ask the tenant
/// for, and what it answered, go through <see cref="Request"/> and <see cref="Take"/>.
/// </summary>
internal sealed class LeaseAtHand(string client, SessionKey session, TimeProvider time)
{
    private const int Metered = 5;
    private const int HintGrowth = 4;

    // What was just refused need not be asked again: nothing comes back within a window.
    private static readonly long s_refusalLasts = TimeSpan.FromMilliseconds(250).Ticks;
    private static readonly long[] s_firstHints = [1, 100_000, 64 * 1024, 1, 64 * 1024];
    private static readonly Quota[] s_ofCalls = [Quota.Calls, Quota.Compute, Quota.OutputBytes];

    private readonly Lock _gate = new();
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

    /// <summary>Whether the session runs as many calls as one session may.</summary>
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

    /// <summary>Why calls are refused for the moment, if they are.</summary>
    public QuotaRefusal? FreshRefusal
    {
        get
        {
            lock (_gate)
            {
                return Now() < _refusedUntil ? _refusal : null;
            }
        }
    }

    /// <summary>Admits a call. Whoever gets true must call <see cref="Release"/>.</summary>
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

    /// <summary>A call ended. True when slots are held that others may need.</summary>
    public bool Release()
    {
        lock (_gate)
        {
            _running--;
            return _slots != int.MaxValue && _slots > _running + _slotsToKeep && Now() < _slotsUntil;
        }
    }

    /// <summary>Spends an amount. With an amount of 0: whether there is anything to spend.</summary>
    public bool TrySpend(Quota quota, long amount)
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

    /// <summary>Spends what was used already. False when some of it is owed now.</summary>
    public bool Charge(Quota quota, long amount)
    {
        lock (_gate)
        {
            var left = Now() < _until ? _left[(int)quota] : 0;
            var covered = Math.Min(Math.Max(left, 0), amount);
            if (covered > 0)
            {
                SpendLocked(quota, covered);
            }

            _owed[(int)quota] += amount - covered;
            return amount == covered;
        }
    }

    /// <summary>
    /// What to tell the tenant. What is owed is in it and not here any more, until <see cref="OweAgain"/>.
    /// </summary>
    /// <param name="renew">Whether slots are to be renewed or given back.</param>
    public QuotaRequest Request(bool renew)
    {
        lock (_gate)
        {
            var request = RequestLocked();
            return renew && _slots != int.MaxValue && _slots > 0 ? request with { Slots = _running, SlotsInUse = _running } : request;
        }
    }

    /// <summary>What to ask the tenant for, so that <paramref name="need"/> of a quota can be spent.</summary>
    public QuotaRequest RequestFor(Quota quota, long need)
    {
        lock (_gate)
        {
            return RequestLocked() with { Wanted = WishesLocked([quota], need) };
        }
    }

    /// <summary>What to ask the tenant for, so that a call can be admitted.</summary>
    public QuotaRequest RequestForCall()
    {
        lock (_gate)
        {
            var (now, request) = (Now(), RequestLocked() with { Wanted = WishesLocked(s_ofCalls, need: 1) });
            return now >= _until || !HasSlotLocked(now) ? request with { Slots = _running + 1, SlotsInUse = _running } : request;
        }
    }

    /// <summary>The tenant has not charged it.</summary>
    public void OweAgain(IReadOnlyList<QuotaAmount> owed)
    {
        lock (_gate)
        {
            foreach (var (quota, amount) in owed)
            {
                _owed[(int)quota] += amount;
            }
        }
    }

    /// <summary>The tenant's answer.</summary>
    public void Take(QuotaRequest request, QuotaLease lease)
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

            TurnLocked(lease.Until.UtcTicks);
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

    private long Now() => time.GetUtcNow().UtcTicks;

    private bool HasSlotLocked(long now) => _slots == int.MaxValue || (_running < _slots && now < _slotsUntil);

    private void SpendLocked(Quota quota, long amount)
    {
        if (_left[(int)quota] != QuotaLease.Unlimited)
        {
            _left[(int)quota] -= amount;
        }
    }

    /// <summary>In another window, what the former one left is void.</summary>
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
        return [.. quotas.Select(quota => (Quota: quota, Left: isOver ? 0 : _left[(int)quota])).Where(one => one.Left < need)
            .Select(one => new QuotaWish(one.Quota, need - one.Left, _hints[(int)one.Quota]))];
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
}
