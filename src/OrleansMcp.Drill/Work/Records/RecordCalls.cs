using System.Text.Json.Nodes;
using OrleansMcp.Drill.Clients;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Work.Records;

/// <summary>The record tools, called and written into the history.</summary>
internal static class RecordCalls
{
    public const string Put = "records_put";
    public const string Get = "records_get";
    public const string ReadMany = "records_read";
    public const string Query = "records_query";
    public const string Delete = "records_delete";
    public const string Transact = "records_transact";
    public const string Share = "records_share";

    private const string TokenName = "token";
    private const string CountName = "n";

    /// <summary>How a client names a space: its own by the name, another's with the owner before it.</summary>
    public static string NameOf(Space space, Party who) => space.Owner == who ? space.Name : $"{space.Owner.Client}/{space.Name}";

    public static JsonObject Value(string token, long? count = null)
    {
        var value = new JsonObject { [TokenName] = token };
        if (count is not null)
        {
            value[CountName] = count;
        }

        return value;
    }

    /// <summary>Reads one key. Null when there was no answer, or no access.</summary>
    public static async Task<Read?> GetAsync(this Lane lane, LaneSession session, Space space, string key, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await lane.CallAsync(
            session, Get, new() { ["namespace"] = NameOf(space, lane.Party), ["key"] = key }, cancellationToken);
        var read = reply.Outcome != Outcome.Ok ? null : reply.Content?["record"] is JsonObject record ? Of(record) : new Read(key, Version: 0);
        lane.Log.Add(new Transaction(stamp, Get, space, read is null ? [] : [read], []));
        return read;
    }

    /// <summary>Reads keys as of one moment, and a snapshot that more can be read of.</summary>
    public static async Task<(Stamp Stamp, IReadOnlyList<Read>? Reads, long? Snapshot)> ReadAsync(
        this Lane lane, LaneSession session, Space space, IReadOnlyList<string> keys, long? snapshot, CancellationToken cancellationToken)
    {
        var arguments = new JsonObject
        {
            ["namespace"] = NameOf(space, lane.Party),
            ["keys"] = new JsonArray([.. keys.Select(key => (JsonNode)key)]),
        };
        if (snapshot is not null)
        {
            arguments["snapshot"] = snapshot;
        }

        var (stamp, reply) = await lane.CallAsync(session, ReadMany, arguments, cancellationToken);
        if (reply.Outcome != Outcome.Ok)
        {
            return (stamp, null, null);
        }

        var found = RecordsOf(reply).ToDictionary(read => read.Key, StringComparer.Ordinal);
        return (stamp, [.. keys.Select(key => found.GetValueOrDefault(key) ?? new Read(key, Version: 0))], Number(reply.Content?["snapshot"]));
    }

    /// <summary>Puts a record.</summary>
    public static async Task PutAsync(
        this Lane lane, LaneSession session, Space space, string key, long? expected, long? count, CancellationToken cancellationToken)
    {
        var token = lane.Board.NextToken(lane.Party, session.Number);
        var arguments = new JsonObject { ["namespace"] = NameOf(space, lane.Party), ["key"] = key, ["value"] = Value(token, count) };
        if (expected is not null)
        {
            arguments["version"] = expected;
        }

        var (stamp, reply) = await lane.CallAsync(session, Put, arguments, cancellationToken);
        lane.Log.Add(new Transaction(stamp, Put, space, [], [new(key, token, expected, count)], VersionOf(reply)));
    }

    /// <summary>Deletes a record, whatever its version. That there was none is something read, and nothing written.</summary>
    public static async Task DeleteAsync(this Lane lane, LaneSession session, Space space, string key, CancellationToken cancellationToken)
    {
        var (stamp, reply) = await lane.CallAsync(
            session, Delete, new() { ["namespace"] = NameOf(space, lane.Party), ["key"] = key }, cancellationToken);
        var wasThere = reply.Outcome != Outcome.Ok || (bool?)reply.Content?["deleted"] != false;
        lane.Log.Add(new Transaction(
            stamp, Delete, space, wasThere ? [] : [new(key, Version: 0)], wasThere ? [new(key, Token: null)] : [], wasThere ? VersionOf(reply) : 0));
    }

    /// <summary>Commits writes on condition of reads.</summary>
    public static async Task TransactAsync(
        this Lane lane, LaneSession session, Space space, IReadOnlyList<Read> reads, IReadOnlyList<Write> writes, CancellationToken cancellationToken)
    {
        var arguments = new JsonObject
        {
            ["namespace"] = NameOf(space, lane.Party),
            ["reads"] = new JsonArray([.. reads.Select(read => (JsonNode)new JsonObject { ["key"] = read.Key, ["version"] = read.Version })]),
            ["writes"] = new JsonArray([.. writes.Select(Json)]),
        };
        var (stamp, reply) = await lane.CallAsync(session, Transact, arguments, cancellationToken);
        lane.Log.Add(new Transaction(stamp, Transact, space, [.. reads.Select(read => new Read(read.Key, read.Version))], writes, VersionOf(reply)));
    }

    public static IEnumerable<Read> RecordsOf(ToolReply reply) =>
        reply.Content?["records"] is JsonArray records ? records.OfType<JsonObject>().Select(Of) : [];

    public static long? Number(JsonNode? node) => node is JsonValue value && value.TryGetValue<long>(out var number) ? number : null;

    private static Read Of(JsonObject record) => new(
        (string)record["key"]!, Number(record["version"]) ?? -1, record["value"]?[TokenName]?.ToString() ?? record["value"]?.ToJsonString() ?? "null",
        Number(record["value"]?[CountName]), record["lastModifiedBy"]?.ToString());

    private static JsonNode Json(Write write)
    {
        var json = new JsonObject { ["key"] = write.Key };
        if (write.Token is null)
        {
            json["delete"] = true;
        }
        else
        {
            json["value"] = Value(write.Token, write.Count);
        }

        if (write.Expected is not null)
        {
            json["version"] = write.Expected;
        }

        return json;
    }

    private static long VersionOf(ToolReply reply) => reply.Outcome == Outcome.Ok ? Number(reply.Content?["version"]) ?? 0 : 0;
}
