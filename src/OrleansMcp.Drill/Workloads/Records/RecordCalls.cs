using System.Text.Json.Nodes;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;
using OrleansMcp.Drill.Targets;

namespace OrleansMcp.Drill.Workloads.Records;

/// <summary>Calls the record tools, and adds each call to the history.</summary>
internal static class RecordCalls
{
    public const string Put = "records_put";
    public const string Get = "records_get";
    public const string ReadMany = "records_read";
    public const string Query = "records_query";
    public const string Delete = "records_delete";
    public const string Transact = "records_transact";
    public const string Share = "records_share";

    /// <summary>How a client names a namespace in a call: its own by the name, another's by owner and name.</summary>
    public static string NameOf(RecordSpace space, DrillClient caller) => space.Owner == caller ? space.Name : $"{space.Owner.Name}/{space.Name}";

    /// <summary>Reads one key. Null when there was no answer, or no access.</summary>
    public static async Task<Read?> GetAsync(this VirtualUser user, UserSession session, RecordSpace space, string key, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await user.CallAsync(
            session, Get, new() { ["namespace"] = NameOf(space, user.Client), ["key"] = key }, space.Owner != user.Client, cancellationToken);
        var read = reply.Outcome != Outcome.Ok ? null
            : reply.Content?["record"] is JsonObject record ? RecordJson.ReadOf(record)
            : new Read(key, Version: 0);
        user.Log.Add(new Transaction(stamp, Get, space, read is null ? [] : [read], []));
        return read;
    }

    /// <summary>
    /// Reads keys as of one moment, which the snapshot names in later calls. Adds nothing to the history: with later reads of the snapshot it
    /// is one transaction, which the caller adds.
    /// </summary>
    public static async Task<(Stamp Stamp, IReadOnlyList<Read>? Reads, long? Snapshot)> ReadAsync(
        this VirtualUser user, UserSession session, RecordSpace space, IReadOnlyList<string> keys, long? snapshot, CancellationToken cancellationToken)
    {
        var arguments = new JsonObject
        {
            ["namespace"] = NameOf(space, user.Client),
            ["keys"] = new JsonArray([.. keys.Select(key => (JsonNode)key)]),
        };
        if (snapshot is not null)
        {
            arguments["snapshot"] = snapshot;
        }

        var (stamp, reply) = await user.CallAsync(session, ReadMany, arguments, space.Owner != user.Client, cancellationToken);
        if (reply.Outcome != Outcome.Ok)
        {
            return (stamp, null, null);
        }

        var found = RecordJson.RecordsOf(reply).ToDictionary(read => read.Key, StringComparer.Ordinal);
        return (stamp, [.. keys.Select(key => found.GetValueOrDefault(key) ?? new Read(key, Version: 0))], ToolReply.NumberOf(reply.Content?["snapshot"]));
    }

    /// <summary>Puts a record.</summary>
    public static async Task<Stamp> PutAsync(
        this VirtualUser user, UserSession session, RecordSpace space, string key, long? expected, long? count, CancellationToken cancellationToken)
    {
        var token = user.Run.NextToken(user.Client, session.Number);
        var arguments = new JsonObject { ["namespace"] = NameOf(space, user.Client), ["key"] = key, ["value"] = RecordJson.Value(token, count) };
        if (expected is not null)
        {
            arguments["version"] = expected;
        }

        var (stamp, reply) = await user.CallAsync(session, Put, arguments, space.Owner != user.Client, cancellationToken);
        user.Log.Add(new Transaction(stamp, Put, space, [], [new(key, token, expected, count)], VersionOf(reply)));
        return stamp;
    }

    /// <summary>Deletes a record of any version. A deletion that found no record is a read of its absence, and no write.</summary>
    public static async Task DeleteAsync(
        this VirtualUser user, UserSession session, RecordSpace space, string key, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await user.CallAsync(
            session, Delete, new() { ["namespace"] = NameOf(space, user.Client), ["key"] = key }, space.Owner != user.Client, cancellationToken);
        var existed = reply.Outcome != Outcome.Ok || (bool?)reply.Content?["deleted"] != false;
        user.Log.Add(new Transaction(
            stamp, Delete, space, existed ? [] : [new(key, Version: 0)], existed ? [new(key, Token: null)] : [], existed ? VersionOf(reply) : 0));
    }

    /// <summary>Commits writes on condition of the versions of reads.</summary>
    public static async Task TransactAsync(
        this VirtualUser user, UserSession session, RecordSpace space, IReadOnlyList<Read> reads, IReadOnlyList<Write> writes,
        CancellationToken cancellationToken)
    {
        var arguments = new JsonObject
        {
            ["namespace"] = NameOf(space, user.Client),
            ["reads"] = new JsonArray([.. reads.Select(read => (JsonNode)new JsonObject { ["key"] = read.Key, ["version"] = read.Version })]),
            ["writes"] = new JsonArray([.. writes.Select(RecordJson.Of)]),
        };
        var (stamp, reply) = await user.CallAsync(session, Transact, arguments, space.Owner != user.Client, cancellationToken);
        user.Log.Add(new Transaction(stamp, Transact, space, [.. reads.Select(read => new Read(read.Key, read.Version))], writes, VersionOf(reply)));
    }

    private static long VersionOf(ToolReply reply) => reply.Outcome == Outcome.Ok ? ToolReply.NumberOf(reply.Content?["version"]) ?? 0 : 0;
}
