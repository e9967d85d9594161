using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Records;

/// <summary>Works in one namespace: mostly the client's own, else the shared namespace of a peer, whether it has a grant for it or not.</summary>
internal abstract class RecordWorkload : IWorkload
{
    private const double OwnShare = 0.6;

    public abstract IReadOnlyList<string> Tools { get; }

    public virtual int Weight => 8;

    public async Task RunAsync(VirtualUser user, Random random, CancellationToken cancellationToken)
    {
        var (drawn, peers) = (random.NextDouble(), user.Run.PeersOf(user.Client));
        var owner = drawn < OwnShare || peers.Count == 0 ? user.Client : peers[random.Next(peers.Count)];
        if (await user.SessionAsync(random, cancellationToken) is { } session)
        {
            await RunAsync(user, session, new RecordSpace(owner, user.Run.SharedNamespace), random, cancellationToken);
        }
    }

    protected abstract Task RunAsync(VirtualUser user, UserSession session, RecordSpace space, Random random, CancellationToken cancellationToken);
}
