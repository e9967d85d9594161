using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Targets;
using OrleansMcp.Drill.Workloads;
using OrleansMcp.Drill.Workloads.Attacks;
using OrleansMcp.Drill.Workloads.Records;
using OrleansMcp.Drill.Workloads.Sessions;
using OrleansMcp.Drill.Workloads.Tenants;

namespace OrleansMcp.Drill.Run;

/// <summary>Lets the virtual users of many clients work on a server at once.</summary>
internal sealed class DrillRun(DrillPlan plan, IDrillTarget target, TimeProvider time)
{
    private static readonly IReadOnlyList<IWorkload> s_workloads =
    [
        new LifecycleWorkload(), new IdentityWorkload(), new CounterWorkload(), new SecretWorkload(), new CacheWorkload(CachedReply.OfClient),
        new CacheWorkload(CachedReply.OfTenant), new ToolLogWorkload(), new PutWorkload(), new RecordCounterWorkload(), new WriteSkewWorkload(),
        new BatchWorkload(), new SnapshotWorkload(), new QueryWorkload(), new DeleteWorkload(), new GrantWorkload(), new SessionAttack(),
        new NamespaceAttack(),
    ];

    /// <summary>How often a client asks for its first session: a server that has just started may tell it to come back.</summary>
    private const int OpenAttempts = 10;

    private static readonly TimeSpan s_retryDelay = TimeSpan.FromSeconds(2);

    /// <exception cref="DrillException">A client could not open a session at all.</exception>
    public async Task<DrillHistory> RunAsync(CancellationToken cancellationToken)
    {
        var (run, log) = (new RunState(plan, time), new HistoryLog(time));
        VirtualUser[] users = [.. plan.Clients.SelectMany(client => Enumerable.Repeat(client, DrillPlan.UsersPerClient))
            .Select((client, number) => new VirtualUser(run, number, client, target, log))];
        var before = await target.SignalsAsync(cancellationToken);
        foreach (var user in users)
        {
            await PrepareAsync(run, user, cancellationToken);
        }

        await Task.WhenAll(users.Select(user => Task.Run(() => user.RunAsync(s_workloads, cancellationToken), cancellationToken)));
        foreach (var user in users)
        {
            await ReadFinalStateAsync(run, user, cancellationToken);
        }

        await Task.WhenAll(users.Select(user => user.EndSessionsAsync(cancellationToken)));
        return new(log.Operations, run.OffersToAny, before, await target.SignalsAsync(cancellationToken));
    }

    /// <summary>Opens the user's first session, lists its tools, and puts the record that <see cref="NamespaceAttack"/> is after.</summary>
    private async Task PrepareAsync(RunState run, VirtualUser user, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(user, cancellationToken);
        run.SetOffered(user.Client, await user.ListToolsAsync(session, cancellationToken));
        if (user.Offers(RecordCalls.Put))
        {
            var space = new RecordSpace(user.Client, run.PrivateNamespace);
            await user.PutAsync(session, space, NamespaceAttack.Key, expected: null, count: null, cancellationToken);
        }
    }

    private async Task<UserSession> OpenAsync(VirtualUser user, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= OpenAttempts; attempt++)
        {
            if (await user.OpenAsync(cancellationToken) is { } session)
            {
                return session;
            }

            await Task.Delay(s_retryDelay, time, cancellationToken);
        }

        throw new DrillException($"{user.Client} could not open a session.");
    }

    /// <summary>Reads every counter once more: with all users done, a lost increment has no later one to hide behind.</summary>
    private static async Task ReadFinalStateAsync(RunState run, VirtualUser user, CancellationToken cancellationToken)
    {
        if (user.Offers(CounterWorkload.Tool))
        {
            foreach (var open in user.Open)
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
