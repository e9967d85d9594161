using System.Text.Json.Nodes;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;
using OrleansMcp.Drill.Targets;
using OrleansMcp.Drill.Workloads.Records;

namespace OrleansMcp.Drill.Workloads.Attacks;

/// <summary>
/// Reads and writes the private namespace of another client of the tenant. The server must answer as for a namespace that does not exist.
/// (A call has no way to name a namespace of another tenant.)
/// </summary>
internal sealed class NamespaceAttack : IWorkload
{
    /// <summary>The key of the record in the private namespace.</summary>
    public const string Key = "treasure";

    public const string ReadSignal = "cross_namespace_read";
    public const string WriteSignal = "cross_namespace_write";

    private static readonly string[] s_reads = [RecordCalls.Get, RecordCalls.ReadMany, RecordCalls.Query];
    private static readonly string[] s_writes = [RecordCalls.Put, RecordCalls.Transact, RecordCalls.Delete];

    public IReadOnlyList<string> Tools => [.. s_reads, .. s_writes];

    public int Weight => 6;

    public async Task RunAsync(VirtualUser user, Random random, CancellationToken cancellationToken)
    {
        var (tool, peers) = (Tools[random.Next(Tools.Count)], user.Run.VictimsOf(user.Client));
        var peer = random.Next(Math.Max(1, peers.Count));
        if (peers.Count == 0 || user.Run.Denials.HasOnPeers(user.Client, [tool])
            || await user.SessionAsync(random, cancellationToken) is not { } session || !user.Run.TryAttack(user.Client))
        {
            return;
        }

        var token = user.Run.NextToken(user.Client, session.Number);
        if (await TryAsync(user, session, tool, peers[peer], user.Run.UnknownNamespace, token, baseline: null, cancellationToken) is { } baseline)
        {
            await TryAsync(user, session, tool, peers[peer], user.Run.PrivateNamespace, token, baseline, cancellationToken);
        }
    }

    /// <summary>Returns the answer; null when the server refused for a reason that is not the attack, such as a quota.</summary>
    private static async Task<string?> TryAsync(
        VirtualUser user, UserSession session, string tool, DrillClient victim, string name, string token, string? baseline,
        CancellationToken cancellationToken)
    {
        var (stamp, reply) = await user.CallAsync(session, tool, Arguments(tool, $"{victim.Name}/{name}", token), onPeer: true, cancellationToken);
        if (stamp is { Outcome: Outcome.Refused, Code: Stamp.NoSession })
        {
            stamp = stamp with { Hindrance = new(HindranceKind.Failure, "the attacker's own session is gone") };
        }

        var answer = $"{reply.Code} {reply.Text.Replace(name, "NAME", StringComparison.Ordinal)}";
        var signal = s_writes.Contains(tool, StringComparer.Ordinal) ? WriteSignal : ReadSignal;
        var attack = new Attack(stamp, tool, $"{victim}:{name}", signal, answer, baseline ?? answer) { IsBaseline = baseline is null };
        user.Log.Add(attack);
        return attack.IsJudged ? answer : null;
    }

    private static JsonObject Arguments(string tool, string space, string token) => tool switch
    {
        RecordCalls.Get or RecordCalls.Delete => new() { ["namespace"] = space, ["key"] = Key },
        RecordCalls.ReadMany => new() { ["namespace"] = space, ["keys"] = new JsonArray(Key) },
        RecordCalls.Query => new() { ["namespace"] = space },
        RecordCalls.Put => new() { ["namespace"] = space, ["key"] = Key, ["value"] = RecordJson.Value(token) },
        _ => new()
        {
            ["namespace"] = space,
            ["reads"] = new JsonArray(),
            ["writes"] = new JsonArray(new JsonObject { ["key"] = Key, ["value"] = RecordJson.Value(token) }),
        },
    };
}
