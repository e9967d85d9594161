using System.Text.Json.Nodes;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Targets;

namespace OrleansMcp.Drill.Workloads.Records;

/// <summary>Records and writes as the record tools take and give them.</summary>
internal static class RecordJson
{
    private const string TokenName = "token";
    private const string CountName = "n";

    public static JsonObject Value(string token, long? count = null)
    {
        var value = new JsonObject { [TokenName] = token };
        if (count is not null)
        {
            value[CountName] = count;
        }

        return value;
    }

    public static JsonNode Of(Write write)
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

    public static IEnumerable<Read> RecordsOf(ToolReply reply) =>
        reply.Content?["records"] is JsonArray records ? records.OfType<JsonObject>().Select(ReadOf) : [];

    public static Read ReadOf(JsonObject record) => new(
        (string)record["key"]!, ToolReply.NumberOf(record["version"]) ?? -1, record["value"]?[TokenName]?.ToString() ?? record["value"]?.ToJsonString() ?? "null",
        ToolReply.NumberOf(record["value"]?[CountName]), record["lastModifiedBy"]?.ToString());
}
