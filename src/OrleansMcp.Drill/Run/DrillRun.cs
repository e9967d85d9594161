using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Targets;
using OrleansMcp.Drill.Workloads;
using OrleansMcp.Drill.Workloads.Attacks;
using OrleansMcp.Drill.Workloads.Records;
using OrleansMcp.Drill.Workloads.Sessions;
using OrleansMcp.Drill.Workloads.Tenants;
using OrleansMcp.Drill.Workloads.Upstreams;

namespace OrleansMcp.Drill.Run;

/// <summary>Lets the virtual users of many clients work on a server at once.</summary>
internal sealed class DrillRun(DrillPlan plan, IDrillTarget target, TimeProvider time)
{
    private static readonly IReadOnlyList<IWorkload> s_workloads =
    [
        new LifecycleWorkload(), new IdentityWorkload(), new CounterWorkload(), new SecretWorkload(), new CacheWorkload(CachedReply.OfClient),
        new CacheWorkload(CachedReply.OfTenant), new ToolLogWorkload(), new UpstreamWorkload(), new PutWorkload(), new RecordCounterWorkload(), new WriteSkewWorkload(),
        new BatchWorkload(), new SnapshotWorkload(), new QueryWorkload(), new DeleteWorkload(), new GrantWorkload(), new SessionAttack(),
        new NamespaceAttack(),
    ];

    private static readonly TimeSpan s_ending = TimeSpan.FromSeconds(30);

    /// <exception cref="DrillException">A client could not open a session at all.</exception>
    public async Task<DrillHistory> RunAsync(CancellationToken cancellationToken)
    {
        var (run, log) = (new RunState(plan, time), new HistoryLog(time));
        var started = time.GetTimestamp();
        VirtualUser[] all = [.. plan.Clients.SelectMany(client => Enumerable.Repeat(client, DrillPlan.UsersPerClient))
            .Select((client, number) => new VirtualUser(run, number, client, target, log))];
        var before = await target.SignalsAsync(cancellationToken);
        try
        {
            var users = await new Preparation(run, time).PrepareAsync(all, cancellationToken);
            run.Phase = new RunPhase(plan.Duration, time);
            await Task.WhenAll(users.Select(user => Task.Run(() => user.RunAsync(s_workloads, cancellationToken), cancellationToken)));
            run.Phase = new RunPhase(RunPhase.Patience, time);
            foreach (var user in users.TakeWhile(_ => !run.Answers.IsSilent))
            {
                await ReadFinalStateAsync(run, user, cancellationToken);
            }
        }
        finally
        {
            await EndSessionsAsync(run, all);
        }

        TimeSpan? silentAfter = run.Answers.IsSilent ? time.GetElapsedTime(started, run.Answers.Last) : null;
        return new(log.Operations, run.OffersToAny, before, await target.SignalsAsync(cancellationToken))
        {
            SilentAfter = silentAfter, Waited = run.Waited,
        };
    }

    /// <summary>Leaves no session behind, which would take a place of its client, unless the server is gone. A run that is given up does so too.</summary>
    private async Task EndSessionsAsync(RunState run, VirtualUser[] users)
    {
        if (run.Answers.IsSilent)
        {
            return;
        }

        using var limit = new CancellationTokenSource(s_ending, time);
        try
        {
            await Task.WhenAll(users.Select(user => user.EndSessionsAsync(limit.Token)));
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            // They end by themselves when they were idle for long enough.
        }
    }

    /// <summary>Reads every counter once more: with all users done, a lost increment has no later one to hide behind.</summary>
    private static async Task ReadFinalStateAsync(RunState run, VirtualUser user, CancellationToken cancellationToken)
    {
        if (user.Offers(CounterWorkload.Tool))
        {
            foreach (var open in user.Open.ToList())
            {
                await CounterWorkload.IncrementAsync(user, open, by: 0, cancellationToken);
            }
        }

        if (user.Offers(RecordCalls.Get) && (user.Open.FirstOrDefault() ?? await user.OpenAsync(cancellationToken)) is { } session)
        {
            for (var key = 0; key < RecordCounterWorkload.Keys; key++)
            {
                await user.GetAsync(session, new RecordSpace(user.Client, run.SharedNamespace), RecordCounterWorkload.Key(key), cancellationToken);
            }

            await user.GetAsync(session, new RecordSpace(user.Client, run.PrivateNamespace), NamespaceAttack.Key, cancellationToken);
        }
    }
}
