namespace OrleansMcp.Authorization.Policies.Counters;

/// <summary>All that one call asks of the counters of one actor: granted as a whole or not at all.</summary>
/// <param name="Id">Names it over all deliveries of it, so that none counts twice; empty when it is delivered once.</param>
/// <param name="Claims">What is asked.</param>
public sealed record CounterReservation(Guid Id, IReadOnlyList<CounterClaim> Claims);

/// <summary>What a call asks of one counter.</summary>
/// <param name="Counter">The counter's name within its actor.</param>
/// <param name="Window">Its window.</param>
/// <param name="Amount">What the call adds; 0 when it is only looked at. At most <see cref="CounterLimits.MaxAmount"/>.</param>
/// <param name="Checks">What the counter must satisfy.</param>
public sealed record CounterClaim(string Counter, CounterWindow Window, decimal Amount, IReadOnlyList<CounterCheck> Checks);

/// <summary>The answer to a reservation.</summary>
/// <param name="Refused">The claim that could not be met, by its place in the reservation; null when all were granted.</param>
/// <param name="RetryAfterSeconds">When refused: seconds until waiting may help; 0 when it will not.</param>
/// <param name="Life">Whose memory holds the reservation; it can be given back to no other.</param>
/// <param name="At">When it was granted, UTC.</param>
public sealed record CounterGrant(int? Refused, int RetryAfterSeconds, Guid Life, DateTimeOffset At)
{
    /// <summary>Whether the call may run.</summary>
    public bool IsGranted => Refused is null;
}

/// <summary>What can be counted exactly. Within these bounds a sum of decimals never rounds.</summary>
public static class CounterLimits
{
    /// <summary>Decimal places of an amount.</summary>
    public const int DecimalPlaces = 9;

    /// <summary>Largest amount of one call.</summary>
    public const decimal MaxAmount = 1_000_000_000_000_000m;

    /// <summary>Largest total; a call that would pass it is refused.</summary>
    public const decimal MaxTotal = 1_000_000_000_000_000_000m;
}

/// <summary>The value of a counter.</summary>
/// <param name="Counter">Its name within its actor.</param>
/// <param name="Window">Its window.</param>
/// <param name="Start">When the window that it counts began, UTC.</param>
/// <param name="Total">What was counted since.</param>
public sealed record CountedWindow(string Counter, CounterWindow Window, DateTimeOffset Start, decimal Total);
