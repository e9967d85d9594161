using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Records;

/// <summary>Puts and deletes the same few records over and over.</summary>
internal sealed class DeleteWorkload : RecordWorkload
{
    public override IReadOnlyList<string> Tools => [RecordCalls.Put, RecordCalls.Delete];

    public override int Weight => 4;

    protected override Task RunAsync(VirtualUser user, UserSession session, RecordSpace space, Random random, CancellationToken cancellationToken)
    {
        var (key, deletes) = ($"gone-{random.Next(3)}", random.NextDouble() < 0.5);
        return deletes
            ? user.DeleteAsync(session, space, key, cancellationToken)
            : user.PutAsync(session, space, key, expected: null, count: null, cancellationToken);
    }
}
