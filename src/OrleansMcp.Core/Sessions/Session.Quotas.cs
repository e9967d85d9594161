using System.Text.Json;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Signals;
using OrleansMcp.State;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>What tool calls cost: admitted by the session's lease, given their turn, measured, and given up when they do not end.</summary>
public sealed partial class Session
{
    private const int PromptRefusals = 20;
    private static readonly TimeSpan s_slowRefusal = TimeSpan.FromMilliseconds(200);

    private SessionMeter? _meter;
    private int _refusals; // in a row
    private long _keptState = -1;

    internal SessionMeter Meter => _meter ?? LazyInitializer.EnsureInitialized(ref _meter, NewMeter);

    /// <summary>What is left of the session's quotas.</summary>
    internal async ValueTask<IReadOnlyList<QuotaLeft>> ReadQuotasAsync(CancellationToken cancellationToken)
    {
        var owner = _record!.Owner;
        try
        {
            return await _host.Tenants.Get(owner.Tenant).ReadQuotasAsync(owner.Client, Key, cancellationToken);
        }
        catch (IOException)
        {
            throw new QuotaUnavailableException();
        }
    }

    /// <summary>Where tools of this session may send requests.</summary>
    internal EgressConfiguration EgressRules => Registered?.Egress ?? new();

    internal Quotas.Egress.EgressConnections Egress => _host.Egress;

    /// <summary>Spends before use, for a handler.</summary>
    /// <exception cref="QuotaExceededException">Nothing is left.</exception>
    internal async ValueTask SpendAsync(RunningCall call, Quota quota, long amount, CancellationToken cancellationToken)
    {
        if (await Meter.SpendAsync(quota, amount, cancellationToken) is { } refusal)
        {
            RaiseOverQuota(call.Caller, refusal);
            throw new QuotaExceededException(refusal);
        }
    }

    private ClientConfiguration? Registered => _host.Configuration.FindClient(_record!.Owner.Tenant, _record.Owner.Client);

    private SessionMeter NewMeter()
    {
        var owner = _record!.Owner;
        return new SessionMeter(_host.Tenants.Get(owner.Tenant), owner.Client, Key, _host.Time);
    }

    /// <summary>Admits a call; the refusal when it is not. Whoever gets null must release the meter.</summary>
    private async ValueTask<CallToolResult?> AdmitAsync(RunningCall call)
    {
        if (Meter.TryAdmit())
        {
            return null;
        }

        try
        {
            if (await Meter.AdmitAsync(call.Token) is not { } refusal)
            {
                Volatile.Write(ref _refusals, 0);
                return null;
            }

            if (Interlocked.Increment(ref _refusals) > PromptRefusals)
            {
                // Who calls on without a pause waits for the answer: a refusal costs the server as much as a call, and its neighbours.
                await Task.Delay(s_slowRefusal, TimeProvider.System, call.Token);
            }

            return OverQuota(call, refusal);
        }
        catch (QuotaUnavailableException e)
        {
            return ToolCall.QuotaUnavailable(e);
        }
    }

    private CallToolResult OverQuota(RunningCall call, QuotaRefusal refusal)
    {
        RaiseOverQuota(call.Caller, refusal);
        return ToolCall.OverQuota(refusal);
    }

    private void RaiseOverQuota(Caller caller, QuotaRefusal refusal) => _host.Signals.Raise(new Signal(
        SignalName.QuotaExceeded, caller, _record!.Owner, $"{QuotaNames.Of(refusal.Quota)} of the {QuotaNames.Of(refusal.Scope)}", Key));

    /// <summary>Runs a tool within the quotas: the last step of a call that everything else has let pass.</summary>
    private async ValueTask<byte[]> RunWithinQuotasAsync(RunningCall call, ToolEntry entry, JsonElement arguments)
    {
        if (await AdmitAsync(call) is { } refused)
        {
            return ToolReply(call, refused);
        }

        var given = false;
        try
        {
            if (await FindOutputAsync(call, entry, arguments) is { } kept)
            {
                Meter.Charge(Quota.OutputBytes, kept.Length);
                return kept;
            }

            if (!_host.Scheduler.TryEnter(call.Caller.Tenant, out var ticket))
            {
                ticket = await _host.Scheduler.EnterAsync(call.Caller.Tenant, call.Token);
            }

            var clock = call.Clock = new CallClock(_host.Time);
            var work = Begin(call, entry, arguments, ticket);
            if (!work.IsCompleted)
            {
                given = true;
                return await WatchAsync(call, entry, clock, work.AsTask());
            }

            var reply = work.GetAwaiter().GetResult();
            ChargeCall(clock, reply.Length);
            return reply;
        }
        catch (QuotaExceededException e)
        {
            return ToolReply(call, OverQuota(call, e.Refusal));
        }
        finally
        {
            if (!given)
            {
                Meter.Release();
            }
        }
    }

    /// <summary>Begins to run the handler, on the thread that its conduct earned it.</summary>
    private ValueTask<byte[]> Begin(RunningCall call, ToolEntry entry, JsonElement arguments, Ticket ticket)
    {
        var thread = entry.Conduct.Thread;
        if (thread == ToolThread.Callers)
        {
            return InvokeInTurn(call, entry, arguments, ticket);
        }

        var options = TaskCreationOptions.DenyChildAttach | (thread == ToolThread.Own ? TaskCreationOptions.LongRunning : TaskCreationOptions.None);
        return new ValueTask<byte[]>(Task.Factory.StartNew(
            () => InvokeInTurn(call, entry, arguments, ticket).AsTask(), CancellationToken.None, options, TaskScheduler.Default).Unwrap());
    }

    /// <summary>Runs the handler up to its first await, and gives its turn to the next.</summary>
    private ValueTask<byte[]> InvokeInTurn(RunningCall call, ToolEntry entry, JsonElement arguments, Ticket ticket)
    {
        var began = _host.Time.GetTimestamp();
        try
        {
            return InvokeToolAsync(call, entry, arguments);
        }
        finally
        {
            call.HasYielded = true;
            entry.Conduct.Observe(_host.Time.GetElapsedTime(began));
            _host.Scheduler.Leave(ticket);
        }
    }

    /// <summary>Waits for a handler that did not finish at once, as long as it may take.</summary>
    private async Task<byte[]> WatchAsync(RunningCall call, ToolEntry entry, CallClock clock, Task<byte[]> work)
    {
        var (timeout, whose) = CallTimeout(_record!.Owner);
        var watch = new CallWatch(call, clock, timeout, _host.Time, () => Tick(clock));
        if (await Task.WhenAny(work, watch.Abandoned) == work)
        {
            watch.Dispose();
            ChargeCall(clock, work.IsCompletedSuccessfully ? work.Result.Length : 0);
            Meter.Release();
            try
            {
                return await work;
            }
            catch (OperationCanceledException) when (call.TimedOut)
            {
                return ToolReply(call, OverQuota(call, new QuotaRefusal(Quota.CallTimeout, whose, RetryAfterSeconds: 0)));
            }
        }

        if (!call.HasYielded)
        {
            entry.Conduct.HoldsThreads();
        }

        Log.Abandoned(Logger, entry.Name, Key.Value);
        _ = OutliveAsync(work, watch, clock);
        return call.TimedOut
            ? ToolReply(call, OverQuota(call, new QuotaRefusal(Quota.CallTimeout, whose, RetryAfterSeconds: 0)))
            : throw new OperationCanceledException(call.Token);
    }

    /// <summary>A handler that was given up goes on being charged until it returns.</summary>
    private async Task OutliveAsync(Task work, CallWatch watch, CallClock clock)
    {
        _host.Metrics.Abandoned.Add(1);
        await work.ContinueWith(static done => _ = done.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        watch.Dispose();
        _host.Metrics.Abandoned.Add(-1);
        ChargeCall(clock, bytes: 0);
        Meter.Release();
    }

    private void Tick(CallClock clock)
    {
        Meter.Charge(Quota.Compute, clock.TakeUncharged());
        _ = Meter.RenewAsync();
    }

    private void ChargeCall(CallClock clock, int bytes)
    {
        Meter.Charge(Quota.Compute, clock.TakeUncharged());
        Meter.Charge(Quota.OutputBytes, bytes);
    }

    /// <summary>How long a call may take, and whose quota says so: the shortest counts.</summary>
    private (TimeSpan Timeout, QuotaScope Whose) CallTimeout(SessionOwner owner)
    {
        var configuration = _host.Configuration;
        var (tenant, client) = (configuration.Tenants.GetValueOrDefault(owner.Tenant), configuration.FindClient(owner.Tenant, owner.Client));
        (QuotaConfiguration? Quotas, QuotaScope Whose)[] all =
        [
            (tenant?.SessionQuotas, QuotaScope.Session), (client?.SessionQuotas, QuotaScope.Session),
            (client?.Quotas, QuotaScope.Client), (tenant?.Quotas, QuotaScope.Tenant),
        ];
        return all.Select(one => (Timeout: one.Quotas?.CallTimeout ?? QuotaConfiguration.None.CallTimeout, one.Whose))
            .Where(one => one.Timeout != Timeout.InfiniteTimeSpan)
            .DefaultIfEmpty((Timeout.InfiniteTimeSpan, QuotaScope.Client))
            .MinBy(one => one.Item1);
    }

    /// <summary>Announces a state that has grown, before it is kept.</summary>
    /// <exception cref="QuotaExceededException">It may not grow so far.</exception>
    private async ValueTask CoverStateAsync(SessionRecord next)
    {
        var kept = SizeOf(next.State);
        if (SessionHoldings.InSteps(kept) > KeptState() && await Meter.KeepAsync(kept) is { } refusal)
        {
            RaiseOverQuota(new Caller(next.Owner.Tenant, next.Owner.Client, next.Owner.Subject), refusal);
            throw new QuotaExceededException(refusal);
        }

        _keptState = Math.Max(_keptState, SessionHoldings.InSteps(kept));
    }

    /// <summary>Gives back what a state that has shrunk does not need any more, now that it is durable.</summary>
    private async ValueTask UncoverStateAsync(SessionRecord record)
    {
        var kept = SessionHoldings.InSteps(SizeOf(record.State));
        if (kept + (4 * SessionHoldings.Step) > _keptState)
        {
            return;
        }

        try
        {
            await Meter.KeepAsync(kept);
            _keptState = Math.Max(kept, FreeState);
        }
        catch (Exception e) when (e is QuotaUnavailableException or SessionUnavailableException)
        {
            // Given back with the next change.
        }
    }

    /// <summary>What the tenant knows this session to keep.</summary>
    private long KeptState()
    {
        if (_keptState < 0)
        {
            _keptState = Math.Max(FreeState, SessionHoldings.InSteps(SizeOf(_record!.State)));
        }

        return _keptState;
    }

    private long FreeState => Key.IsPrincipal ? 0 : SessionHoldings.Step;

    private static long SizeOf(IReadOnlyDictionary<string, JsonElement> state) =>
        state.Sum(pair => (long)pair.Key.Length + pair.Value.GetRawText().Length);
}
