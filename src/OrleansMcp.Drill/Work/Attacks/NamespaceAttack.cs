using System.Text.Json.Nodes;
using OrleansMcp.Drill.Clients;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Work.Records;

namespace OrleansMcp.Drill.Work.Attacks;

/// <summary>
/// Reads and writes a namespace of another client of the tenant that was never shared. The answer must be that about a namespace which
/// never was. (Those of other tenants cannot be named.)
/// </summary>
internal sealed class NamespaceAttack : IWork
{
    public const string ReadSignal = "cross_namespace_read";
    public const string WriteSignal = "cross_namespace_write";
    public const string PermissionSignal = "permission_denied";

    private static readonly string[] s_reads = [RecordCalls.Get, RecordCalls.ReadMany, RecordCalls.Query];
    private static readonly string[] s_writes = [RecordCalls.Put, RecordCalls.Transact, RecordCalls.Delete];

    public IReadOnlyList<string> Tools => [.. s_reads, .. s_writes];

    public int Weight => 6;

    public async Task RunAsync(Lane lane, Random random, CancellationToken cancellationToken)
    {
        var (tool, peers) = (Tools[random.Next(Tools.Count)], lane.Board.Peers(lane.Party));
        var peer = random.Next(Math.Max(1, peers.Count));
        if (peers.Count == 0 || await lane.SessionAsync(random, cancellationToken) is not { } session || !lane.Board.MayAttack(lane.Party))
        {
            return;
        }

        var token = lane.Board.NextToken(lane.Party, session.Number);
        if (await TryAsync(lane, session, tool, peers[peer], lane.Board.Never, token, measure: null, cancellationToken) is { } measure)
        {
            await TryAsync(lane, session, tool, peers[peer], lane.Board.Vault, token, measure, cancellationToken);
        }
    }

    /// <summary>The answer, if it is one about the attack.</summary>
    private static async Task<string?> TryAsync(
        Lane lane, LaneSession session, string tool, Party victim, string name, string token, string? measure, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await lane.CallAsync(session, tool, Arguments(tool, $"{victim.Client}/{name}", token), cancellationToken);
        var answer = $"{reply.Code} {reply.Text.Replace(name, "NAME", StringComparison.Ordinal)}";
        var signal = reply.Code == PermissionSignal ? PermissionSignal : s_writes.Contains(tool, StringComparer.Ordinal) ? WriteSignal : ReadSignal;

        // Refused for another reason, such as a quota, it never came to be judged.
        if (reply is { Outcome: Outcome.Unknown } or { Outcome: Outcome.Refused, Code: not ("not_found" or PermissionSignal) })
        {
            return null;
        }

        lane.Log.Add(new Attack(stamp, tool, $"{victim}:{name}", signal, answer, measure ?? answer));
        return answer;
    }

    private static JsonObject Arguments(string tool, string space, string token) => tool switch
    {
        RecordCalls.Get or RecordCalls.Delete => new() { ["namespace"] = space, ["key"] = "treasure" },
        RecordCalls.ReadMany => new() { ["namespace"] = space, ["keys"] = new JsonArray("treasure") },
        RecordCalls.Query => new() { ["namespace"] = space },
        RecordCalls.Put => new() { ["namespace"] = space, ["key"] = "treasure", ["value"] = RecordCalls.Value(token) },
        _ => new()
        {
            ["namespace"] = space,
            ["reads"] = new JsonArray(),
            ["writes"] = new JsonArray(new JsonObject { ["key"] = "treasure", ["value"] = RecordCalls.Value(token) }),
        },
    };
}
