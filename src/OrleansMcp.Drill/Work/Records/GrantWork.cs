using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Work.Records;

/// <summary>Shares a namespace with another client of the tenant, or stops to, while it is used.</summary>
internal sealed class GrantWork : IWork
{
    public IReadOnlyList<string> Tools => [RecordCalls.Share];

    public int Weight => 4;

    public async Task RunAsync(Lane lane, Random random, CancellationToken cancellationToken)
    {
        var peers = lane.Board.Peers(lane.Party);
        var (peer, drawn) = (random.Next(Math.Max(1, peers.Count)), random.NextDouble());
        if (peers.Count == 0 || await lane.SessionAsync(random, cancellationToken) is not { } session)
        {
            return;
        }

        var access = drawn < 0.25 ? Access.None : drawn < 0.45 ? Access.Read : Access.Write;
        var (stamp, _) = await lane.CallAsync(
            session, RecordCalls.Share,
            new() { ["namespace"] = lane.Board.Orders, ["client"] = peers[peer].Client, ["access"] = access.ToString().ToLowerInvariant() },
            cancellationToken);
        lane.Log.Add(new GrantChange(stamp, new Space(lane.Party, lane.Board.Orders), peers[peer], access));
    }
}
