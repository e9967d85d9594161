using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Sessions.ToolCalls;

namespace OrleansMcp.Records.Tools;

/// <summary>Results of the records tools.</summary>
internal static class RecordResults
{
    public static CallToolResult One(RecordPage page)
    {
        var found = page.Records.Count > 0;
        var result = new JsonObject { ["found"] = found, ["snapshot"] = page.Snapshot };
        if (found)
        {
            result["record"] = Write(page.Records[0]);
        }

        return ToolResults.Structured(result);
    }

    public static CallToolResult Page(RecordPage page)
    {
        var result = new JsonObject { ["records"] = new JsonArray([.. page.Records.Select(Write)]), ["snapshot"] = page.Snapshot };
        if (page.HasMore)
        {
            result["cursor"] = RecordCursor.Write(page);
        }

        return ToolResults.Structured(result);
    }

    public static CallToolResult Put(string key, RecordTransaction made) =>
        ToolResults.Structured(new JsonObject { ["key"] = key, ["version"] = made.Version, ["transaction"] = made.Id });

    public static CallToolResult Deleted(string key, RecordTransaction made) => ToolResults.Structured(new JsonObject
    {
        ["key"] = key, ["deleted"] = made.Deleted.Contains(key, StringComparer.Ordinal), ["version"] = made.Version, ["transaction"] = made.Id,
    });

    public static CallToolResult Transacted(RecordTransaction made, TransactWrite[] writes) => ToolResults.Structured(new JsonObject
    {
        ["transaction"] = made.Id, ["version"] = made.Version,
        ["versions"] = new JsonArray([.. writes.Select(write => new JsonObject { ["key"] = write.Key, ["version"] = write.Delete ? 0 : made.Version })]),
    });

    public static CallToolResult Grants(IReadOnlyList<RecordGrant> grants) => ToolResults.Structured(new JsonObject
    {
        ["grants"] = new JsonArray([.. grants.OrderBy(grant => grant.Client, StringComparer.Ordinal).Select(grant => new JsonObject
        {
            ["client"] = grant.Client, ["access"] = grant.Access == RecordAccess.Write ? "write" : "read",
        })]),
    });

    public static CallToolResult Schema(JsonElement? schema)
    {
        var result = new JsonObject { ["found"] = schema is not null };
        if (schema is { } json)
        {
            result["schema"] = JsonNode.Parse(json.GetRawText());
        }

        return ToolResults.Structured(result);
    }

    public static CallToolResult Refused(RecordException e)
    {
        var details = new JsonObject { ["code"] = e.Code, ["message"] = e.Message };
        if (e.Keys.Count > 0)
        {
            details["keys"] = new JsonArray([.. e.Keys.Select(key => (JsonNode)key)]);
        }

        if (e.Problems.Count > 0)
        {
            details["problems"] = new JsonArray([.. e.Problems.Select(one => new JsonObject { ["key"] = one.Key, ["path"] = one.Path, ["problem"] = one.Problem })]);
        }

        if (e.RetryAfterSeconds > 0)
        {
            details["retryAfterSeconds"] = e.RetryAfterSeconds;
        }

        return e.Refusal is { } refusal ? ToolResults.OverQuota(refusal) : ToolResults.Denied(details);
    }

    private static JsonNode Write(Record record) => new JsonObject
    {
        ["key"] = record.Key,
        ["value"] = JsonNode.Parse(record.Value.GetRawText()),
        ["version"] = record.Version,
        ["createdBy"] = record.CreatedBy,
        ["createdAt"] = record.CreatedAt,
        ["lastModifiedBy"] = record.LastModifiedBy,
        ["modifiedAt"] = record.ModifiedAt,
        ["transaction"] = record.Transaction,
        ["session"] = record.Session,
    };
}
