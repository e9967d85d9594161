using System.Text.Json.Nodes;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Records;

/// <summary>Queries records by the prefix of their keys, page by page: all pages are of one moment.</summary>
internal sealed class QueryWorkload : RecordWorkload
{
    private const int Limit = 2;
    private const int MostPages = 20;

    public override IReadOnlyList<string> Tools => [RecordCalls.Query];

    public override int Weight => 5;

    protected override Access Needs => Access.Read;

    protected override async Task RunAsync(
        VirtualUser user, UserSession session, RecordSpace space, Random random, CancellationToken cancellationToken)
    {
        var prefix = random.NextDouble() < 0.5 ? "k-" : "gone-";
        var (stamp, reads, cursor) = await PageAsync(user, session, space, prefix, cursor: null, cancellationToken);
        var (pages, isComplete) = (1, reads is not null && cursor is null);
        List<Read> found = [.. reads ?? []];
        while (cursor is not null && pages++ < MostPages)
        {
            (var later, reads, cursor) = await PageAsync(user, session, space, prefix, cursor, cancellationToken);
            user.Log.Add(new Transaction(later, $"{RecordCalls.Query}, another page", space, [], []));
            found.AddRange(reads ?? []);
            isComplete = reads is not null && cursor is null;
        }

        user.Log.Add(new Transaction(stamp, RecordCalls.Query, space, found, [], Scanned: isComplete ? prefix : null));
    }

    private static async Task<(Stamp Stamp, IReadOnlyList<Read>? Reads, string? Cursor)> PageAsync(
        VirtualUser user, UserSession session, RecordSpace space, string prefix, string? cursor, CancellationToken cancellationToken)
    {
        var arguments = new JsonObject
        {
            ["namespace"] = RecordCalls.NameOf(space, user.Client), ["prefix"] = prefix, ["limit"] = Limit,
        };
        if (cursor is not null)
        {
            arguments["cursor"] = cursor;
        }

        var (stamp, reply) = await user.CallAsync(session, RecordCalls.Query, arguments, space.Owner != user.Client, cancellationToken);
        return reply.Outcome == Outcome.Ok ? (stamp, [.. RecordJson.RecordsOf(reply)], reply.Content?["cursor"]?.ToString()) : (stamp, null, null);
    }
}
