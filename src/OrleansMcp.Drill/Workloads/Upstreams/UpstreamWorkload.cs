using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;
using OrleansMcp.Drill.Targets;
using OrleansMcp.Drill.Upstreams;

namespace OrleansMcp.Drill.Workloads.Upstreams;

/// <summary>Calls the tools of another server (<see cref="DrillUpstream"/>), several at once.</summary>
internal sealed class UpstreamWorkload : IWorkload
{
    public const string Echo = $"{DrillUpstream.Name}__{DrillUpstream.Echo}";
    public const string Count = $"{DrillUpstream.Name}__{DrillUpstream.Count}";

    private const int MostAtOnce = 4;

    public IReadOnlyList<string> Tools => [Echo, Count];

    public int Weight => 8;

    public async Task RunAsync(VirtualUser user, Random random, CancellationToken cancellationToken)
    {
        var counts = Enumerable.Range(0, 1 + random.Next(MostAtOnce)).Select(_ => random.Next(2) == 0).ToList();
        if (await user.SessionAsync(random, cancellationToken) is { } session)
        {
            await Task.WhenAll(counts.Select(isCount => isCount ? CountAsync(user, session, cancellationToken) : EchoAsync(user, session, cancellationToken)));
        }
    }

    private static async Task EchoAsync(VirtualUser user, UserSession session, CancellationToken cancellationToken)
    {
        var text = user.Run.NextToken(user.Client, session.Number);
        var (stamp, reply) = await user.CallForProgressAsync(session, Echo, new() { ["text"] = text }, cancellationToken);
        user.Log.Add(new UpstreamEcho(stamp, reply.Content?["session"]?.ToString(), text, reply.Content?["text"]?.ToString(), reply.Progress));
    }

    private static async Task CountAsync(VirtualUser user, UserSession session, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await user.CallAsync(session, Count, [], cancellationToken);
        user.Log.Add(new UpstreamCount(stamp, reply.Content?["session"]?.ToString(), ToolReply.NumberOf(reply.Content?["count"]) ?? 0));
    }
}
