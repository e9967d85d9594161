using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Work.Records;

/// <summary>Works in one namespace: mostly the client's own, else that of another client of the tenant, shared with this one or not.</summary>
internal abstract class RecordWork : IWork
{
    private const double Own = 0.6;

    public abstract IReadOnlyList<string> Tools { get; }

    public virtual int Weight => 8;

    public async Task RunAsync(Lane lane, Random random, CancellationToken cancellationToken)
    {
        var (drawn, peers) = (random.NextDouble(), lane.Board.Peers(lane.Party));
        var owner = drawn < Own || peers.Count == 0 ? lane.Party : peers[random.Next(peers.Count)];
        if (await lane.SessionAsync(random, cancellationToken) is { } session)
        {
            await RunAsync(lane, session, new Space(owner, lane.Board.Orders), random, cancellationToken);
        }
    }

    protected abstract Task RunAsync(Lane lane, LaneSession session, Space space, Random random, CancellationToken cancellationToken);
}

/// <summary>Reads a record and replaces it on condition that it is still the same, or puts one without looking.</summary>
internal sealed class PutWork : RecordWork
{
    private const int Keys = 4;

    public override IReadOnlyList<string> Tools => [RecordCalls.Get, RecordCalls.Put];

    public static string Key(int number) => $"k-{number % Keys}";

    protected override async Task RunAsync(Lane lane, LaneSession session, Space space, Random random, CancellationToken cancellationToken)
    {
        var (key, looks) = (Key(random.Next(Keys)), random.NextDouble() < 0.6);
        if (!looks)
        {
            await lane.PutAsync(session, space, key, expected: null, count: null, cancellationToken);
        }
        else if (await lane.GetAsync(session, space, key, cancellationToken) is { } read)
        {
            await lane.PutAsync(session, space, key, read.Version, count: null, cancellationToken);
        }
    }
}

/// <summary>Raises a record that counts by one over the version it read, twice at once: both may have read the same.</summary>
internal sealed class CountWork : RecordWork
{
    public const int Keys = 2;

    public override IReadOnlyList<string> Tools => [RecordCalls.Get, RecordCalls.Put];

    public static string Key(int number) => $"{Transaction.CounterPrefix}{number}";

    protected override async Task RunAsync(Lane lane, LaneSession session, Space space, Random random, CancellationToken cancellationToken)
    {
        var key = Key(random.Next(Keys));
        await Task.WhenAll(RaiseAsync(), RaiseAsync());

        async Task RaiseAsync()
        {
            if (await lane.GetAsync(session, space, key, cancellationToken) is { } read)
            {
                await lane.PutAsync(session, space, key, read.Version, (read.Count ?? 0) + 1, cancellationToken);
            }
        }
    }
}

/// <summary>
/// Reads two records and writes one of them on condition of the other, and the other way round at once: whoever judges by writes alone
/// permits write skew.
/// </summary>
internal sealed class SkewWork : RecordWork
{
    private static readonly string[] s_pair = ["x", "y"];

    public override IReadOnlyList<string> Tools => [RecordCalls.ReadMany, RecordCalls.Transact];

    protected override async Task RunAsync(Lane lane, LaneSession session, Space space, Random random, CancellationToken cancellationToken)
    {
        await Task.WhenAll(DecideAsync(lane, session, space, mine: 0, cancellationToken), DecideAsync(lane, session, space, mine: 1, cancellationToken));
    }

    private static async Task DecideAsync(Lane lane, LaneSession session, Space space, int mine, CancellationToken cancellationToken)
    {
        var (stamp, reads, _) = await lane.ReadAsync(session, space, s_pair, snapshot: null, cancellationToken);
        lane.Log.Add(new Transaction(stamp, RecordCalls.ReadMany, space, reads ?? [], []));
        if (reads is not null)
        {
            var token = lane.Board.NextToken(lane.Party, session.Number);
            await lane.TransactAsync(
                session, space, [reads[1 - mine]], [new(s_pair[mine], token, reads[mine].Version)], cancellationToken);
        }
    }
}

/// <summary>
/// Writes several records at once, some on a condition that may no longer hold: then none of them may ever be seen. Meanwhile it reads them,
/// and must find all of them as they were or as they are.
/// </summary>
internal sealed class BatchWork : RecordWork
{
    public override IReadOnlyList<string> Tools => [RecordCalls.Get, RecordCalls.ReadMany, RecordCalls.Transact];

    protected override async Task RunAsync(Lane lane, LaneSession session, Space space, Random random, CancellationToken cancellationToken)
    {
        var (first, looks) = (random.Next(4), random.NextDouble() < 0.7);
        var read = looks ? await lane.GetAsync(session, space, PutWork.Key(first + 2), cancellationToken) : null;
        Write[] writes =
        [
            new(PutWork.Key(first), lane.Board.NextToken(lane.Party, session.Number)),
            new(PutWork.Key(first + 1), lane.Board.NextToken(lane.Party, session.Number)),
            new(PutWork.Key(first + 2), lane.Board.NextToken(lane.Party, session.Number), read?.Version),
        ];
        await Task.WhenAll(lane.TransactAsync(session, space, [], writes, cancellationToken), LookAsync());

        async Task LookAsync()
        {
            var (stamp, reads, _) = await lane.ReadAsync(session, space, [.. writes.Select(write => write.Key)], snapshot: null, cancellationToken);
            lane.Log.Add(new Transaction(stamp, RecordCalls.ReadMany, space, reads ?? [], []));
        }
    }
}

/// <summary>Reads records as of one moment, and more of the same snapshot later.</summary>
internal sealed class SnapshotWork : RecordWork
{
    public override IReadOnlyList<string> Tools => [RecordCalls.ReadMany];

    protected override async Task RunAsync(Lane lane, LaneSession session, Space space, Random random, CancellationToken cancellationToken)
    {
        var first = random.Next(4);
        string[] keys = [PutWork.Key(first), PutWork.Key(first + 1), "x"];
        string[] more = [PutWork.Key(first + 2), PutWork.Key(first + 3), "y"];
        var (stamp, reads, snapshot) = await lane.ReadAsync(session, space, keys, snapshot: null, cancellationToken);
        IReadOnlyList<Read>? again = null;
        if (snapshot is not null)
        {
            (var later, again, _) = await lane.ReadAsync(session, space, more, snapshot, cancellationToken);
            lane.Log.Add(new Transaction(later, $"{RecordCalls.ReadMany} of the snapshot", space, [], [])); // its access; what it read is in the other
        }

        lane.Log.Add(new Transaction(stamp, RecordCalls.ReadMany, space, [.. reads ?? [], .. again ?? []], []));
    }
}

/// <summary>Queries records by the beginning of their keys, page by page.</summary>
internal sealed class QueryWork : RecordWork
{
    private const int Limit = 2;
    private const int MostPages = 20;

    public override IReadOnlyList<string> Tools => [RecordCalls.Query];

    public override int Weight => 5;

    protected override async Task RunAsync(Lane lane, LaneSession session, Space space, Random random, CancellationToken cancellationToken)
    {
        var prefix = random.NextDouble() < 0.5 ? "k-" : "gone-";
        var (stamp, reads, cursor) = await PageAsync(lane, session, space, prefix, cursor: null, cancellationToken);
        var (pages, complete) = (1, reads is not null && cursor is null);
        List<Read> found = [.. reads ?? []];
        while (cursor is not null && pages++ < MostPages)
        {
            (var later, reads, cursor) = await PageAsync(lane, session, space, prefix, cursor, cancellationToken);
            lane.Log.Add(new Transaction(later, $"{RecordCalls.Query}, another page", space, [], []));
            found.AddRange(reads ?? []);
            complete = reads is not null && cursor is null;
        }

        lane.Log.Add(new Transaction(stamp, RecordCalls.Query, space, found, [], Scanned: complete ? prefix : null));
    }

    private static async Task<(Stamp Stamp, IReadOnlyList<Read>? Reads, string? Cursor)> PageAsync(
        Lane lane, LaneSession session, Space space, string prefix, string? cursor, CancellationToken cancellationToken)
    {
        var arguments = new System.Text.Json.Nodes.JsonObject
        {
            ["namespace"] = RecordCalls.NameOf(space, lane.Party), ["prefix"] = prefix, ["limit"] = Limit,
        };
        if (cursor is not null)
        {
            arguments["cursor"] = cursor;
        }

        var (stamp, reply) = await lane.CallAsync(session, RecordCalls.Query, arguments, cancellationToken);
        return reply.Outcome == Outcome.Ok ? (stamp, [.. RecordCalls.RecordsOf(reply)], reply.Content?["cursor"]?.ToString()) : (stamp, null, null);
    }
}

/// <summary>Puts and deletes records over and over.</summary>
internal sealed class DeleteWork : RecordWork
{
    public override IReadOnlyList<string> Tools => [RecordCalls.Put, RecordCalls.Delete];

    public override int Weight => 4;

    protected override Task RunAsync(Lane lane, LaneSession session, Space space, Random random, CancellationToken cancellationToken)
    {
        var (key, deletes) = ($"gone-{random.Next(3)}", random.NextDouble() < 0.5);
        return deletes
            ? lane.DeleteAsync(session, space, key, cancellationToken)
            : lane.PutAsync(session, space, key, expected: null, count: null, cancellationToken);
    }
}
