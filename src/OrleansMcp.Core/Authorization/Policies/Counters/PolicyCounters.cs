using Microsoft.Extensions.Logging;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Tenants;

namespace OrleansMcp.Authorization.Policies.Counters;

/// <summary>
/// Counts the calls of one session: in the session itself, and with its tenant where a counter is shared. What a call has reserved is
/// returned when the call fails.
/// </summary>
internal sealed partial class PolicyCounters(
    CurrentRecord record, StateWriter writer, ITenantDirectory tenants, TimeProvider time, ILogger logger)
{
    private SessionCounters? _own;

    /// <summary>The exact values of the session's own counters, for its last record.</summary>
    public IReadOnlyList<CountedWindow>? Exact() => _own is { } own ? own.Exact(time.GetUtcNow()) : record.Value.Counters;

    /// <summary>Reserves what a call claims: all of it, or nothing.</summary>
    /// <returns>The denial and nothing held, or no denial and what is held until <see cref="ReturnAsync"/>.</returns>
    /// <exception cref="ModelContextProtocol.McpException">The session's own counters could not be made durable.</exception>
    /// <exception cref="IOException">The tenant's counters could not be made durable.</exception>
    /// <exception cref="SessionUnavailableException">The tenant cannot be reached.</exception>
    public async ValueTask<(PolicyDenial? Denial, HeldClaims Held)> ReserveAsync(List<RuleClaim> claims, CancellationToken cancellationToken)
    {
        var held = new HeldClaims();
        PolicyDenial? denial = null;
        var isReserved = false;
        try
        {
            denial = await ReserveOwnAsync(held, [.. claims.Where(claim => claim.Counter.IsLocal)], cancellationToken)
                ?? await ReserveSharedAsync(held, [.. claims.Where(claim => !claim.Counter.IsLocal)]);
            isReserved = denial is null;
        }
        finally
        {
            if (!isReserved)
            {
                await ReturnAsync(held);
            }
        }

        return (denial, held);
    }

    /// <summary>Gives back what a call holds.</summary>
    public async ValueTask ReturnAsync(HeldClaims held)
    {
        var (own, shared) = (held.Own, held.Shared);
        (held.Own, held.Shared) = (null, null);
        if (own is not null)
        {
            _own!.Return(own, time.GetUtcNow());
        }

        if (shared is not null)
        {
            await ReturnSharedAsync(shared);
        }
    }

    private async ValueTask<PolicyDenial?> ReserveOwnAsync(HeldClaims held, RuleClaim[] claims, CancellationToken cancellationToken)
    {
        if (claims.Length == 0)
        {
            return null;
        }

        var counters = LazyInitializer.EnsureInitialized(ref _own, () => new SessionCounters(record.Value.Counters));
        var reservation = new CounterReservation(Guid.Empty, [.. claims.Select(claim => claim.Claim)]);
        var now = time.GetUtcNow();
        var grant = counters.Reserve(reservation, now);
        if (DenialOf(grant, claims) is { } denial)
        {
            return denial;
        }

        held.Own = new HeldCounters(reservation, grant);
        if (!counters.IsCovered(reservation, record.Value.Counters, now))
        {
            await writer.WriteAsync(
                record => counters.IsCovered(reservation, record.Counters, now)
                    ? record
                    : record with { Counters = counters.Ahead(reservation, record.Counters, now) },
                cancellationToken);
        }

        return null;
    }

    private async ValueTask<PolicyDenial?> ReserveSharedAsync(HeldClaims held, RuleClaim[] claims)
    {
        if (claims.Length == 0)
        {
            return null;
        }

        // Not cancellable: whether it was granted must be known, so that it can be given back.
        var reservation = new CounterReservation(Guid.NewGuid(), [.. claims.Select(claim => claim.Claim)]);
        var grant = await tenants.Get(record.Owner.Tenant).ReserveAsync(reservation, CancellationToken.None);
        held.Shared = grant.IsGranted ? new HeldCounters(reservation, grant) : null;
        return DenialOf(grant, claims);
    }

    private async ValueTask ReturnSharedAsync(HeldCounters held)
    {
        try
        {
            await tenants.Get(record.Owner.Tenant).ReturnAsync(held.Reservation, held.Grant, CancellationToken.None);
        }
        catch (Exception e) when (e is SessionUnavailableException or IOException)
        {
            // It stays counted until its window is over: too much rather than too little, and the call has its answer.
            LogNotReturned(logger, e, record.Name);
        }
    }

    private static PolicyDenial? DenialOf(CounterGrant grant, RuleClaim[] claims) =>
        grant.Refused is { } refused ? claims[refused].Rule.Denial with { RetryAfterSeconds = grant.RetryAfterSeconds } : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "What a failed call of session {Session} had reserved could not be given back.")]
    private static partial void LogNotReturned(ILogger logger, Exception exception, string session);
}

/// <summary>What one call holds of the policy counters: of its session's own, and of those its client or tenant shares.</summary>
internal sealed class HeldClaims
{
    public HeldCounters? Own { get; set; }

    public HeldCounters? Shared { get; set; }
}
