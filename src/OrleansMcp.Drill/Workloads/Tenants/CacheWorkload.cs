using System.Text.Json.Nodes;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Workloads.Tenants;

/// <summary>Calls a cached tool with arguments that all clients use, so that a cache could mix up their answers.</summary>
internal sealed class CacheWorkload(string tool) : IWorkload
{
    private const int Questions = 3;

    public IReadOnlyList<string> Tools => [tool];

    public int Weight => 5;

    public async Task RunAsync(VirtualUser user, Random random, CancellationToken cancellationToken)
    {
        var text = $"{user.Run.Marker} question {random.Next(Questions)}";
        if (await user.SessionAsync(random, cancellationToken) is not { } session)
        {
            return;
        }

        var (stamp, reply) = await user.CallAsync(session, tool, new() { ["text"] = text }, cancellationToken);
        var content = reply.Outcome == Outcome.Ok ? reply.Content as JsonObject : null;
        user.Log.Add(new CachedReply(stamp, tool, text, Text(content, "text"), Text(content, "tenant"), Text(content, "client"), Text(content, "stamp")));
    }

    private static string? Text(JsonObject? content, string name) => content?[name]?.ToString();
}
