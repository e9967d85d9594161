using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Records;

/// <summary>Shares the client's namespace with a peer, or takes the grant back, while the peer may be using it.</summary>
internal sealed class GrantWorkload : IWorkload
{
    public IReadOnlyList<string> Tools => [RecordCalls.Share];

    public int Weight => 4;

    public async Task RunAsync(VirtualUser user, Random random, CancellationToken cancellationToken)
    {
        var peers = user.Run.PeersOf(user.Client);
        var (peer, drawn) = (random.Next(Math.Max(1, peers.Count)), random.NextDouble());
        if (peers.Count == 0 || await user.SessionAsync(random, cancellationToken) is not { } session)
        {
            return;
        }

        var access = drawn < 0.25 ? Access.None : drawn < 0.45 ? Access.Read : Access.Write;
        var space = new RecordSpace(user.Client, user.Run.SharedNamespace);
        user.Run.Grants.Changing(space, peers[peer]);
        var (stamp, _) = await user.CallAsync(
            session, RecordCalls.Share,
            new() { ["namespace"] = space.Name, ["client"] = peers[peer].Name, ["access"] = access.ToString().ToLowerInvariant() },
            cancellationToken);
        if (stamp.Outcome == Outcome.Ok)
        {
            user.Run.Grants.Changed(space, peers[peer], access);
        }

        user.Log.Add(new GrantChange(stamp, space, peers[peer], access));
    }
}
