using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Records;

/// <summary>
/// Reads two records and writes one of them on condition of the other, and the other way round at once: a server that compares the versions
/// of writes alone permits write skew.
/// </summary>
internal sealed class WriteSkewWorkload : RecordWorkload
{
    private static readonly string[] s_pair = ["x", "y"];

    public override IReadOnlyList<string> Tools => [RecordCalls.ReadMany, RecordCalls.Transact];

    protected override async Task RunAsync(
        VirtualUser user, UserSession session, RecordSpace space, Random random, CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            TransactAsync(user, session, space, written: 0, cancellationToken), TransactAsync(user, session, space, written: 1, cancellationToken));
    }

    private static async Task TransactAsync(VirtualUser user, UserSession session, RecordSpace space, int written, CancellationToken cancellationToken)
    {
        var (stamp, reads, _) = await user.ReadAsync(session, space, s_pair, snapshot: null, cancellationToken);
        user.Log.Add(new Transaction(stamp, RecordCalls.ReadMany, space, reads ?? [], []));
        if (reads is not null)
        {
            var token = user.Run.NextToken(user.Client, session.Number);
            await user.TransactAsync(
                session, space, [reads[1 - written]], [new(s_pair[written], token, reads[written].Version)], cancellationToken);
        }
    }
}
