using OrleansMcp.Tenants;

namespace OrleansMcp.Authorization.Policies.Counters;

/// <summary>
/// The policy counters of one session. The record has upper bounds of them: for wide limits somewhat more than was admitted, so that not
/// every call costs a write. After a crash the stored bounds count; an orderly passivation writes the exact values.
/// </summary>
internal sealed class SessionCounters(IReadOnlyList<CountedWindow>? kept)
{
    // Ahead by a 64th of the limit at most: limits below 64 are exact even after a crash.
    private const int Fraction = 64;

    private readonly WindowCounters _used = new(kept);

    public CounterGrant Reserve(CounterReservation reservation, DateTimeOffset now) => _used.Reserve(reservation, now);

    public void Return(HeldCounters held, DateTimeOffset now) => _used.Return(held.Reservation, held.Grant, now);

    /// <summary>Whether the record covers the counters after the claims.</summary>
    public bool IsCovered(CounterReservation reservation, IReadOnlyList<CountedWindow>? kept, DateTimeOffset now)
    {
        foreach (var claim in reservation.Claims)
        {
            var used = _used.Of(claim, now);
            if (claim.Amount > 0 && KeptOf(used, kept) < used.Total)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The bounds to store so that the claims, and some calls like them, are covered.</summary>
    public IReadOnlyList<CountedWindow> Ahead(CounterReservation reservation, IReadOnlyList<CountedWindow>? kept, DateTimeOffset now)
    {
        var claims = reservation.Claims.ToDictionary(claim => claim.Counter, StringComparer.Ordinal);
        return [.. _used.Snapshot(now).Select(used => used with
        {
            Total = Math.Max(KeptOf(used, kept), claims.TryGetValue(used.Counter, out var claim) ? Ahead(used.Total, claim) : used.Total),
        })];
    }

    /// <summary>The exact values.</summary>
    public IReadOnlyList<CountedWindow>? Exact(DateTimeOffset now) => _used.Snapshot(now) is { Count: > 0 } counters ? counters : null;

    private static decimal Ahead(decimal used, CounterClaim claim)
    {
        var limit = claim.Checks.Where(check => check.Operator is CounterOperator.AtMost or CounterOperator.Below)
            .Select(check => check.Values[0]).DefaultIfEmpty(0).Min();
        return Math.Max(used, Math.Min(limit, used + Math.Floor(limit / Fraction)));
    }

    private static decimal KeptOf(CountedWindow used, IReadOnlyList<CountedWindow>? kept) =>
        kept?.FirstOrDefault(one => one.Counter == used.Counter && one.Start == used.Start)?.Total ?? 0;
}

/// <summary>What a running call has reserved with one actor.</summary>
internal sealed record HeldCounters(CounterReservation Reservation, CounterGrant Grant);
