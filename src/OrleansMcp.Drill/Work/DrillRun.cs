using OrleansMcp.Drill.Clients;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Work.Attacks;
using OrleansMcp.Drill.Work.Records;

namespace OrleansMcp.Drill.Work;

/// <summary>What a run left to be checked.</summary>
/// <param name="Operations">Everything that was done.</param>
/// <param name="Offered">Whether the server offers a tool to anybody.</param>
/// <param name="Before">The counts of the signals before; null when they cannot be read.</param>
/// <param name="After">The counts after.</param>
internal sealed record DrillHistory(
    IReadOnlyList<Operation> Operations, Func<string, bool> Offered, IReadOnlyDictionary<string, long>? Before,
    IReadOnlyDictionary<string, long>? After);

/// <summary>Lets many clients work against a server at once.</summary>
internal sealed class DrillRun(DrillPlan plan, IDrillTarget target, TimeProvider time)
{
    private static readonly IReadOnlyList<IWork> s_works =
    [
        new LifeWork(), new WhoAmIWork(), new CounterWork(), new SecretWork(), new CacheWork(CacheAnswer.OfClient), new CacheWork(CacheAnswer.OfTenant),
        new ToolLogWork(), new PutWork(), new CountWork(), new SkewWork(), new BatchWork(), new SnapshotWork(), new QueryWork(), new DeleteWork(),
        new GrantWork(), new SessionAttack(), new NamespaceAttack(),
    ];

    /// <summary>How often a client asks for its first session: a server that has just started may tell it to come back.</summary>
    private const int Openings = 10;

    private static readonly TimeSpan s_comeBack = TimeSpan.FromSeconds(2);

    /// <exception cref="DrillException">A client could not open a session at all.</exception>
    public async Task<DrillHistory> RunAsync(CancellationToken cancellationToken)
    {
        var (board, log) = (new Board(plan, time), new HistoryLog(time));
        Lane[] lanes = [.. plan.Parties.SelectMany(party => Enumerable.Repeat(party, DrillPlan.LanesPerParty))
            .Select((party, number) => new Lane(board, number, party, target, log))];
        var before = await target.SignalsAsync(cancellationToken);
        foreach (var lane in lanes)
        {
            await PrepareAsync(board, lane, cancellationToken);
        }

        await Task.WhenAll(lanes.Select(lane => Task.Run(() => lane.RunAsync(s_works, cancellationToken), cancellationToken)));
        foreach (var lane in lanes)
        {
            await TakeStockAsync(board, lane, cancellationToken);
        }

        await Task.WhenAll(lanes.Select(lane => lane.FinishAsync(cancellationToken)));
        return new(log.Operations, board.OffersAnybody, before, await target.SignalsAsync(cancellationToken));
    }

    /// <summary>A session, what is offered, and a record that nobody else may see.</summary>
    private async Task PrepareAsync(Board board, Lane lane, CancellationToken cancellationToken)
    {
        var session = await OpenAsync(lane, cancellationToken);
        board.Offered(lane.Party, await lane.ToolsAsync(session, cancellationToken));
        if (lane.Offers(RecordCalls.Put))
        {
            await lane.PutAsync(session, new Space(lane.Party, board.Vault), "treasure", expected: null, count: null, cancellationToken);
        }
    }

    private async Task<LaneSession> OpenAsync(Lane lane, CancellationToken cancellationToken)
    {
        for (var tries = 1; tries <= Openings; tries++)
        {
            if (await lane.OpenAsync(cancellationToken) is { } session)
            {
                return session;
            }

            await Task.Delay(s_comeBack, time, cancellationToken);
        }

        throw new DrillException($"{lane.Party} could not open a session.");
    }

    /// <summary>The last word of every counter.</summary>
    private static async Task TakeStockAsync(Board board, Lane lane, CancellationToken cancellationToken)
    {
        if (lane.Offers(CounterWork.Tool))
        {
            foreach (var one in lane.Open)
            {
                await CounterWork.StepAsync(lane, one, by: 0, cancellationToken);
            }
        }

        if (lane.Offers(RecordCalls.Get) && (lane.Open.FirstOrDefault() ?? await lane.OpenAsync(cancellationToken)) is { } session)
        {
            for (var key = 0; key < CountWork.Keys; key++)
            {
                await lane.GetAsync(session, new Space(lane.Party, board.Orders), CountWork.Key(key), cancellationToken);
            }

            await lane.GetAsync(session, new Space(lane.Party, board.Vault), "treasure", cancellationToken);
        }
    }
}
