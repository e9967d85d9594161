using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Records;

/// <summary>Reads records as of one moment, and other records of the same snapshot later.</summary>
internal sealed class SnapshotWorkload : RecordWorkload
{
    public override IReadOnlyList<string> Tools => [RecordCalls.ReadMany];

    protected override Access Needs => Access.Read;

    protected override async Task RunAsync(
        VirtualUser user, UserSession session, RecordSpace space, Random random, CancellationToken cancellationToken)
    {
        var first = random.Next(4);
        string[] keys = [PutWorkload.Key(first), PutWorkload.Key(first + 1), "x"];
        string[] more = [PutWorkload.Key(first + 2), PutWorkload.Key(first + 3), "y"];
        var (stamp, reads, snapshot) = await user.ReadAsync(session, space, keys, snapshot: null, cancellationToken);
        IReadOnlyList<Read>? again = null;
        if (snapshot is not null)
        {
            (var later, again, _) = await user.ReadAsync(session, space, more, snapshot, cancellationToken);

            // GrantCheck judges the access of this call; what it read belongs to the moment of the first one.
            user.Log.Add(new Transaction(later, $"{RecordCalls.ReadMany} of the snapshot", space, [], []));
        }

        user.Log.Add(new Transaction(stamp, RecordCalls.ReadMany, space, [.. reads ?? [], .. again ?? []], []));
    }
}
