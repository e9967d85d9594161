using OrleansMcp.Authorization.Policies.Counters;
using OrleansMcp.Sessions;

namespace OrleansMcp.Tenants;

/// <summary>
/// Policy counters over fixed windows. <see cref="Reserve"/> checks and counts in one step; <see cref="Return"/> gives back the reservation
/// of a failed call. Repeated deliveries of either change nothing. The counters are saved (<see cref="Snapshot"/>) and restored: a new
/// instance returns nothing that another one granted, so that after a crash too much may be counted and never too little.
/// </summary>
internal sealed class WindowCounters
{
    // No delivery is repeated after DeliveryName.Lifetime; reservations are remembered for twice that.
    private static readonly TimeSpan s_memory = 2 * DeliveryName.Lifetime;
    private static readonly TimeSpan s_sweepEvery = TimeSpan.FromMinutes(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, CountedWindow> _counters = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CountedWindow> _kept = new(StringComparer.Ordinal); // as in the stored record
    private readonly Dictionary<Guid, CounterGrant> _granted = [];
    private readonly HashSet<Guid> _returned = [];
    private readonly Queue<(DateTimeOffset At, Guid Id, bool IsReturn)> _known = new();
    private readonly Guid _life = Guid.NewGuid();
    private DateTimeOffset _sweepAt;
    private DateTimeOffset? _spentAt;

    /// <param name="counters">Upper bounds of a former actor's counters.</param>
    public WindowCounters(IReadOnlyList<CountedWindow>? counters = null) => Restore(counters ?? []);

    /// <summary>Starts from the upper bounds of a former actor's counters.</summary>
    public void Restore(IReadOnlyList<CountedWindow> counters)
    {
        lock (_gate)
        {
            foreach (var counter in counters)
            {
                _counters[counter.Counter] = _kept[counter.Counter] = counter;
            }
        }
    }

    /// <summary>Counts every window that was open at <paramref name="openAt"/> as spent, also those of counters without an entry.</summary>
    public void CountAsSpent(DateTimeOffset openAt)
    {
        lock (_gate)
        {
            _spentAt = openAt;
        }
    }

    /// <summary>The time given to <see cref="CountAsSpent"/> while one of those windows is open, otherwise null.</summary>
    public DateTimeOffset? SpentAt(DateTimeOffset now)
    {
        lock (_gate)
        {
            return _spentAt is { } openAt && CounterWindow.Day.StartAt(openAt) >= CounterWindow.Day.StartAt(now) ? openAt : null;
        }
    }

    /// <summary>Whether the stored record covers what was counted.</summary>
    public bool IsKept(CounterReservation reservation, DateTimeOffset now)
    {
        lock (_gate)
        {
            return reservation.Claims.All(claim => claim.Amount == 0 || Standing(claim, now) is var standing
                && _kept.TryGetValue(claim.Counter, out var kept) && kept.Start == standing.Start && kept.Total >= standing.Total);
        }
    }

    /// <summary>Applies that a record with <paramref name="counters"/> is saved.</summary>
    public void Saved(IReadOnlyList<CountedWindow> counters)
    {
        lock (_gate)
        {
            _kept.Clear();
            foreach (var counter in counters)
            {
                _kept[counter.Counter] = counter;
            }
        }
    }

    /// <summary>Counts all claims, or none.</summary>
    public CounterGrant Reserve(CounterReservation reservation, DateTimeOffset now)
    {
        lock (_gate)
        {
            Forget(now);
            if (_granted.TryGetValue(reservation.Id, out var former))
            {
                return former;
            }

            if (RefusalOf(reservation, now) is { } refusal)
            {
                return refusal;
            }

            foreach (var claim in reservation.Claims)
            {
                if (claim.Amount > 0)
                {
                    var standing = Standing(claim, now);
                    _counters[claim.Counter] = standing with { Total = standing.Total + claim.Amount };
                }
            }

            var grant = new CounterGrant(null, 0, _life, now);
            if (reservation.Id != Guid.Empty)
            {
                _granted[reservation.Id] = grant;
                _known.Enqueue((now, reservation.Id, IsReturn: false));
            }

            return grant;
        }
    }

    /// <summary>Gives back the reservation of a failed call, unless its window is over.</summary>
    public void Return(CounterReservation reservation, CounterGrant grant, DateTimeOffset now)
    {
        if (!grant.IsGranted || grant.Life != _life)
        {
            return;
        }

        lock (_gate)
        {
            Forget(now);
            if (reservation.Id != Guid.Empty)
            {
                if (!_returned.Add(reservation.Id))
                {
                    return;
                }

                _known.Enqueue((now, reservation.Id, IsReturn: true));
            }

            foreach (var claim in reservation.Claims)
            {
                if (_counters.TryGetValue(claim.Counter, out var counter) && counter.Start == claim.Window.StartAt(grant.At))
                {
                    _counters[claim.Counter] = counter with { Total = Math.Max(0, counter.Total - claim.Amount) };
                }
            }
        }
    }

    /// <summary>Every counter whose window is not over.</summary>
    /// <param name="now">The time.</param>
    /// <param name="ahead">Adds an eighth to what was counted, so that not every call needs a write. Small counters stay exact.</param>
    public IReadOnlyList<CountedWindow> Snapshot(DateTimeOffset now, bool ahead = false)
    {
        lock (_gate)
        {
            CountedWindow[] told = [.. _counters.Values.Where(counter => !IsOver(counter, now))
                .Select(counter => ahead ? counter with { Total = counter.Total + decimal.Floor(counter.Total / 8) } : counter)];
            foreach (var counter in told)
            {
                // Until the write is confirmed, a restart may find either record: only the smaller total counts as stored.
                if (_kept.TryGetValue(counter.Counter, out var kept) && (kept.Start != counter.Start || kept.Total > counter.Total))
                {
                    _kept[counter.Counter] = counter with { Total = kept.Start == counter.Start ? counter.Total : 0 };
                }
            }

            return told;
        }
    }

    /// <summary>Takes back a reservation that could not be saved; a later delivery of it is decided anew.</summary>
    public void Undo(CounterReservation reservation, CounterGrant grant, DateTimeOffset now)
    {
        Return(reservation, grant, now);
        lock (_gate)
        {
            _granted.Remove(reservation.Id);
            _returned.Remove(reservation.Id);
        }
    }

    /// <summary>The current window and total of a claim's counter.</summary>
    public CountedWindow Of(CounterClaim claim, DateTimeOffset now)
    {
        lock (_gate)
        {
            return Standing(claim, now);
        }
    }

    private CounterGrant? RefusalOf(CounterReservation reservation, DateTimeOffset now)
    {
        for (var i = 0; i < reservation.Claims.Count; i++)
        {
            var claim = reservation.Claims[i];
            var standing = Standing(claim, now);
            var after = standing.Total + claim.Amount;
            if (!IsSpent(claim, now) && claim.Amount is >= 0 and <= CounterLimits.MaxAmount && after <= CounterLimits.MaxTotal
                && claim.Checks.All(check => check.Holds(standing.Total, after)))
            {
                continue;
            }

            var waitingHelps = claim.Checks.All(check => check.Holds(0, claim.Amount));
            return new CounterGrant(i, waitingHelps ? claim.Window.SecondsLeft(standing.Start, now) : 0, _life, now);
        }

        return null;
    }

    // A claim with amount 0 is refused too: the total that its checks read is not known.
    private bool IsSpent(CounterClaim claim, DateTimeOffset now) =>
        _spentAt is { } openAt && claim.Window.StartAt(openAt) >= claim.Window.StartAt(now);

    private CountedWindow Standing(CounterClaim claim, DateTimeOffset now)
    {
        // A clock that is set back does not reopen a former window.
        var start = claim.Window.StartAt(now);
        return _counters.TryGetValue(claim.Counter, out var counter) && counter.Window == claim.Window && counter.Start >= start
            ? counter
            : new CountedWindow(claim.Counter, claim.Window, start, 0);
    }

    private void Forget(DateTimeOffset now)
    {
        while (_known.TryPeek(out var oldest) && oldest.At + s_memory < now)
        {
            _known.Dequeue();
            _ = oldest.IsReturn ? _returned.Remove(oldest.Id) : _granted.Remove(oldest.Id);
        }

        if (now < _sweepAt)
        {
            return;
        }

        _sweepAt = now + s_sweepEvery;
        foreach (var over in _counters.Values.Where(counter => IsOver(counter, now)).ToArray())
        {
            _counters.Remove(over.Counter);
        }
    }

    private static bool IsOver(CountedWindow counter, DateTimeOffset now) => counter.Start + counter.Window.Length() <= now;
}
