using System.Text.Json.Nodes;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Tests.Drill.Model;

/// <summary>Records: serialisable, because a call holds one lock from begin to end; a call with a fault lets go of it in between.</summary>
internal sealed partial class ModelServer
{
    private const int MomentsUndone = 5; // about as long as two requests take

    private readonly Dictionary<RecordSpace, ModelSpace> _spaces = [];

    private async Task<string> RecordsAsync(DrillClient caller, string tool, JsonObject arguments)
    {
        var space = SpaceOf(caller, (string)arguments["namespace"]!);
        var writes = Writes(tool, arguments);
        var expected = Expected(tool, arguments);
        if (fault == Fault.LostUpdate && tool == "put" && expected.Count > 0)
        {
            return await CheckThenActAsync(caller, space, expected, writes);
        }

        if (fault == Fault.DirtyRead && tool == "transact")
        {
            return await ActThenCheckAsync(caller, space, expected, writes);
        }

        lock (_gate)
        {
            if (tool == "share")
            {
                SpaceAt(space).Grants[(string)arguments["client"]!] = Enum.Parse<Access>((string)arguments["access"]!, ignoreCase: true);
                return Structured([]);
            }

            if (!Allows(caller, space, writes.Count > 0))
            {
                return Failure("not_found");
            }

            return writes.Count == 0 ? Reading(SpaceAt(space), tool, arguments)
                : IsCurrent(space, expected) ? Commit(space, tool, writes)
                : Failure("conflict");
        }
    }

    private async Task<string> CheckThenActAsync(DrillClient caller, RecordSpace space, List<(string Key, long Version)> expected, List<(string Key, string? Value)> writes)
    {
        lock (_gate)
        {
            if (!Allows(caller, space, isWrite: true) || !IsCurrent(space, expected))
            {
                return Failure(Allows(caller, space, isWrite: true) ? "conflict" : "not_found");
            }
        }

        await OthersAsync();
        lock (_gate)
        {
            return Commit(space, "put", writes);
        }
    }

    private async Task<string> ActThenCheckAsync(DrillClient caller, RecordSpace space, List<(string Key, long Version)> expected, List<(string Key, string? Value)> writes)
    {
        long version;
        lock (_gate)
        {
            if (!Allows(caller, space, isWrite: true))
            {
                return Failure("not_found");
            }

            if (IsCurrent(space, expected))
            {
                return Commit(space, "transact", writes);
            }

            version = SpaceAt(space).Apply(writes);
        }

        for (var moment = 0; moment < MomentsUndone; moment++)
        {
            await OthersAsync();
        }

        lock (_gate)
        {
            SpaceAt(space).TakeBack(version);
            return Failure("conflict");
        }
    }

    private static RecordSpace SpaceOf(DrillClient caller, string name) => name.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash
        ? new(caller with { Name = name[..slash] }, name[(slash + 1)..])
        : new(caller, name);

    private ModelSpace SpaceAt(RecordSpace space) => _spaces.TryGetValue(space, out var found) ? found : _spaces[space] = new();

    private bool Allows(DrillClient caller, RecordSpace space, bool isWrite)
    {
        var access = space.Owner == caller ? Access.Write : SpaceAt(space).Grants.GetValueOrDefault(caller.Name);
        if (access >= (isWrite ? Access.Write : Access.Read))
        {
            return true;
        }

        Raise(isWrite ? "cross_namespace_write" : "cross_namespace_read");
        return false;
    }

    private bool IsCurrent(RecordSpace space, List<(string Key, long Version)> expected) =>
        expected.TrueForAll(one => SpaceAt(space).VersionOf(one.Key) == one.Version);

    private string Commit(RecordSpace space, string tool, List<(string Key, string? Value)> writes)
    {
        if (tool == "delete" && SpaceAt(space).VersionOf(writes[0].Key) == 0)
        {
            return Structured(new() { ["deleted"] = false });
        }

        return Structured(new() { ["version"] = SpaceAt(space).Apply(writes), ["deleted"] = true });
    }

    private List<(string Key, long Version)> Expected(string tool, JsonObject arguments)
    {
        IEnumerable<JsonNode?> conditions = tool == "transact"
            ? [.. fault == Fault.WriteSkew ? [] : arguments["reads"]!.AsArray(), .. arguments["writes"]!.AsArray()]
            : [arguments];
        return [.. conditions.Where(one => one!["version"] is not null).Select(one => ((string)one!["key"]!, (long)one["version"]!))];
    }

    private static List<(string Key, string? Value)> Writes(string tool, JsonObject arguments) => tool switch
    {
        "put" or "delete" => [((string)arguments["key"]!, arguments["value"]?.ToJsonString())],
        "transact" => [.. arguments["writes"]!.AsArray().Select(write => ((string)write!["key"]!, write["value"]?.ToJsonString()))],
        _ => [],
    };

    private static string Reading(ModelSpace space, string tool, JsonObject arguments)
    {
        var snapshot = (long?)arguments["snapshot"] ?? space.Clock;
        switch (tool)
        {
            case "get":
                var record = space.Get((string)arguments["key"]!, snapshot);
                return Structured(new() { ["found"] = record is not null, ["record"] = record, ["snapshot"] = snapshot });
            case "read":
                var records = arguments["keys"]!.AsArray().Select(key => space.Get((string)key!, snapshot)).OfType<JsonNode>();
                return Structured(new() { ["records"] = new JsonArray([.. records]), ["snapshot"] = snapshot });
            default:
                return Page(space, arguments);
        }
    }

    /// <summary>A cursor is the snapshot and the last key.</summary>
    private static string Page(ModelSpace space, JsonObject arguments)
    {
        var (prefix, limit) = ((string?)arguments["prefix"] ?? "", (int?)arguments["limit"] ?? 100);
        var cursor = ((string?)arguments["cursor"])?.Split(' ');
        var snapshot = cursor is null ? space.Clock : long.Parse(cursor[0], System.Globalization.CultureInfo.InvariantCulture);
        var after = cursor?[1] ?? "";
        var found = space.Keys(prefix).Where(key => string.CompareOrdinal(key, after) > 0)
            .Select(key => space.Get(key, snapshot)).OfType<JsonNode>().Take(limit + 1).ToList();
        var reply = new JsonObject { ["records"] = new JsonArray([.. found.Take(limit)]), ["snapshot"] = snapshot };
        if (found.Count > limit)
        {
            reply["cursor"] = FormattableString.Invariant($"{snapshot} {found[limit - 1]["key"]}");
        }

        return Structured(reply);
    }
}
