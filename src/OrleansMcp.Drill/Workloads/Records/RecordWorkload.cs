using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Records;

/// <summary>
/// Works in one namespace: mostly the client's own, else the shared namespace of a peer, whether it has a grant for it or not, as far as the
/// attempts go that it may make.
/// </summary>
internal abstract class RecordWorkload : IWorkload
{
    private const double OwnShare = 0.6;

    public abstract IReadOnlyList<string> Tools { get; }

    public virtual int Weight => 8;

    /// <summary>What it needs a grant for.</summary>
    protected virtual Access Needs => Access.Write;

    public async Task RunAsync(VirtualUser user, Random random, CancellationToken cancellationToken)
    {
        var (drawn, peers) = (random.NextDouble(), user.Run.PeersOf(user.Client));
        var owner = drawn < OwnShare || peers.Count == 0 ? user.Client : peers[random.Next(peers.Count)];
        if (await user.SessionAsync(random, cancellationToken) is not { } session)
        {
            return;
        }

        var space = new RecordSpace(owner, user.Run.SharedNamespace);
        await RunAsync(
            user, session, user.Run.TryWork(user.Client, space, Needs, Tools) ? space : space with { Owner = user.Client }, random, cancellationToken);
    }

    protected abstract Task RunAsync(VirtualUser user, UserSession session, RecordSpace space, Random random, CancellationToken cancellationToken);
}
