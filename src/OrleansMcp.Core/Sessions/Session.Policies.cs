using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using OrleansMcp.Policies;
using OrleansMcp.Policies.Arguments;
using OrleansMcp.Policies.Counters;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.State;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>
/// Whether the policies let a tool call pass: its arguments first, then its counters, which are reserved before it runs and given back when
/// it fails. What is judged is what the tool gets: the same JSON elements of the same message.
/// </summary>
public sealed partial class Session
{
    private CallerPolicy? _policy;
    private SessionCounters? _counters;
    private CallerPolicy? _shownBy; // by which the tools were last listed
    private bool _hasShown;

    /// <summary>What the configuration in force says about this session's client; null when it has no policies.</summary>
    private CallerPolicy? Policy
    {
        get
        {
            var policies = _host.Configuration.Policies;
            if (policies.Count == 0)
            {
                return null;
            }

            var known = _policy;
            if (!ReferenceEquals(known?.Set, policies))
            {
                var owner = _record!.Owner;
                _policy = known = policies.For(new PolicySubject(_host.Catalogue.ServerInfo.Name, owner.Tenant, owner.Client));
            }

            return known;
        }
    }

    /// <summary>
    /// Judges a call and reserves what it counts. Null when it may run; it is then run under <see cref="SettleAsync"/>.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="tool">A tool of the catalogue, or one that works on handles.</param>
    /// <param name="arguments">Its arguments; what names the session is none of the tool's.</param>
    private ValueTask<CallToolResult?> JudgeAsync(RunningCall call, string tool, CallArguments arguments)
    {
        if (Policy is not { } policy)
        {
            return default;
        }

        if (policy.For(tool).Judge(arguments, out var claims) is { } denial)
        {
            return new(Deny(call, tool, denial));
        }

        return claims is null ? default : ReserveAsync(call, tool, claims);
    }

    /// <summary>Gives back what a call reserved unless the call succeeds.</summary>
    private static ValueTask<byte[]> SettleAsync(RunningCall call, ValueTask<byte[]> work) =>
        call.HeldBySession is null && call.HeldByTenant is null ? work : call.Session.SettleHeldAsync(call, work);

    private async ValueTask<byte[]> SettleHeldAsync(RunningCall call, ValueTask<byte[]> work)
    {
        try
        {
            return await work;
        }
        finally
        {
            if (!call.Succeeded)
            {
                await GiveBackAsync(call);
            }
        }
    }

    /// <summary>Tells the client when policies that were replaced show other tools than it was shown.</summary>
    private void TellPolicy()
    {
        var (former, now) = (_shownBy, Policy);
        if (!_hasShown || ReferenceEquals(former, now) || (IsResumable && _streams is null))
        {
            return;
        }

        _shownBy = now;
        if (_host.Catalogue.Tools.All.Any(entry => (former?.Shows(entry.Name) ?? true) != (now?.Shows(entry.Name) ?? true)))
        {
            ListChanged(CatalogueList.Tools);
        }
    }

    private CallToolResult Deny(RunningCall call, string tool, PolicyDenial denial)
    {
        _host.Signals.Raise(new Signal(SignalName.PolicyDenied, call.Caller, _record!.Owner, $"{tool}: {denial.Rule}", Key));
        return ToolCall.Denied(denial);
    }

    private async ValueTask<CallToolResult?> ReserveAsync(RunningCall call, string tool, List<RuleClaim> claims)
    {
        try
        {
            var refused = await ReserveHereAsync(call, [.. claims.Where(claim => claim.Counter.IsLocal)])
                ?? await ReserveSharedAsync(call, [.. claims.Where(claim => !claim.Counter.IsLocal)]);
            if (refused is null)
            {
                return null;
            }

            await GiveBackAsync(call);
            return Deny(call, tool, refused);
        }
        catch (McpException e)
        {
            await GiveBackAsync(call);
            return ToolCall.Failed(e.Message);
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException)
        {
            // What cannot be counted is not let pass.
            await GiveBackAsync(call);
            return ToolCall.QuotaUnavailable(new QuotaUnavailableException());
        }
        catch
        {
            await GiveBackAsync(call);
            throw;
        }
    }

    private async ValueTask<PolicyDenial?> ReserveHereAsync(RunningCall call, RuleClaim[] claims)
    {
        if (claims.Length == 0)
        {
            return null;
        }

        var counters = LazyInitializer.EnsureInitialized(ref _counters, () => new SessionCounters(_record!.Counters));
        var reservation = new CounterReservation(Guid.Empty, [.. claims.Select(claim => claim.Claim)]);
        var now = _host.Time.GetUtcNow();
        var grant = counters.Reserve(reservation, now);
        if (RefusalOf(grant, claims) is { } refused)
        {
            return refused;
        }

        call.HeldBySession = new HeldCounters(reservation, grant);
        if (!counters.IsCovered(reservation, _record!.Counters, now))
        {
            await WriteAsync(
                record => counters.IsCovered(reservation, record.Counters, now)
                    ? record
                    : record with { Counters = counters.Ahead(reservation, record.Counters, now) },
                call.Token);
        }

        return null;
    }

    private async ValueTask<PolicyDenial?> ReserveSharedAsync(RunningCall call, RuleClaim[] claims)
    {
        if (claims.Length == 0)
        {
            return null;
        }

        // Not cancellable: whether it was granted must be known, so that it can be given back.
        var reservation = new CounterReservation(Guid.NewGuid(), [.. claims.Select(claim => claim.Claim)]);
        var grant = await _host.Tenants.Get(_record!.Owner.Tenant).ReserveAsync(reservation, CancellationToken.None);
        call.HeldByTenant = grant.IsGranted ? new HeldCounters(reservation, grant) : null;
        return RefusalOf(grant, claims);
    }

    private async ValueTask GiveBackAsync(RunningCall call)
    {
        var (here, shared) = (call.HeldBySession, call.HeldByTenant);
        (call.HeldBySession, call.HeldByTenant) = (null, null);
        if (here is not null)
        {
            _counters!.Return(here, _host.Time.GetUtcNow());
        }

        if (shared is not null)
        {
            await GiveBackAsync(shared);
        }
    }

    private async ValueTask GiveBackAsync(HeldCounters held)
    {
        try
        {
            await _host.Tenants.Get(_record!.Owner.Tenant).ReturnAsync(held.Reservation, held.Grant, CancellationToken.None);
        }
        catch (Exception e) when (e is SessionUnavailableException or IOException)
        {
            // It stays counted until its window is over: too much rather than too little, and the call has its answer.
            Log.NotGivenBack(Logger, e, Key.Value);
        }
    }

    /// <summary>The record as it is left behind: with what the counters really stand at.</summary>
    private SessionRecord Departing(SessionRecord record) => record with
    {
        LastActiveAt = LastActiveAt,
        Version = record.Version + 1,
        Counters = _counters is { } counters ? counters.Exact(_host.Time.GetUtcNow()) : record.Counters,
    };

    private static PolicyDenial? RefusalOf(CounterGrant grant, RuleClaim[] claims) =>
        grant.Refused is { } refused ? claims[refused].Rule.Denial with { RetryAfterSeconds = grant.RetryAfterSeconds } : null;
}
