using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Records;

/// <summary>
/// Writes several records in one transaction, one of them on a condition that may no longer hold: then no reader may ever see any of the
/// writes. It reads the records at the same time, and must find all of them before the transaction or all of them after it.
/// </summary>
internal sealed class BatchWorkload : RecordWorkload
{
    public override IReadOnlyList<string> Tools => [RecordCalls.Get, RecordCalls.ReadMany, RecordCalls.Transact];

    protected override async Task RunAsync(
        VirtualUser user, UserSession session, RecordSpace space, Random random, CancellationToken cancellationToken)
    {
        var (first, isConditional) = (random.Next(4), random.NextDouble() < 0.7);
        var read = isConditional ? await user.GetAsync(session, space, PutWorkload.Key(first + 2), cancellationToken) : null;
        Write[] writes =
        [
            new(PutWorkload.Key(first), user.Run.NextToken(user.Client, session.Number)),
            new(PutWorkload.Key(first + 1), user.Run.NextToken(user.Client, session.Number)),
            new(PutWorkload.Key(first + 2), user.Run.NextToken(user.Client, session.Number), read?.Version),
        ];
        await Task.WhenAll(user.TransactAsync(session, space, [], writes, cancellationToken), ReadAsync());

        async Task ReadAsync()
        {
            var (stamp, reads, _) = await user.ReadAsync(session, space, [.. writes.Select(write => write.Key)], snapshot: null, cancellationToken);
            user.Log.Add(new Transaction(stamp, RecordCalls.ReadMany, space, reads ?? [], []));
        }
    }
}
