using System.ComponentModel;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Tools;

namespace OrleansMcp.Records.Tools;

/// <summary>
/// Records as tools. What is shared between clients is shared through these alone, and each of them acts in the name of the session that
/// calls it.
/// </summary>
[McpServerToolType]
internal sealed class RecordTools
{
    private const string Where = "The namespace: 'orders' for one of your own, 'client/orders' for one that this client shares with you.";
    private const string Which = "The record's key: 1 to 256 visible characters.";
    private const string Expected = "The version that the record must have by then; 0: there must be none. Left out: whichever.";

    [McpServerTool(Name = "records_get", ReadOnly = true, Idempotent = true, OpenWorld = false)]
    [Description("Reads one record.")]
    public static async Task<CallToolResult> GetAsync(
        IRecords records, [Description(Where)] string @namespace, [Description(Which)] string key, CancellationToken cancellationToken)
    {
        var page = await records.ReadAsync(@namespace, [key], snapshot: null, cancellationToken);
        return RecordResults.One(page);
    }

    [McpServerTool(Name = "records_read", ReadOnly = true, Idempotent = true, OpenWorld = false)]
    [Description("Reads several records as of one moment. Records that do not exist are left out.")]
    public static async Task<CallToolResult> ReadAsync(
        IRecords records, [Description(Where)] string @namespace, [Description("Up to 100 keys.")] string[] keys,
        [Description("The snapshot of an earlier reply, to read as of the same moment again; held for about a minute.")] long? snapshot = null,
        CancellationToken cancellationToken = default) =>
        RecordResults.Page(await records.ReadAsync(@namespace, keys, snapshot, cancellationToken));

    [McpServerTool(Name = "records_query", ReadOnly = true, Idempotent = true, OpenWorld = false)]
    [Description("Reads the records whose keys begin with a text, in the order of their keys. All pages of a query are as of one moment.")]
    public static async Task<CallToolResult> QueryAsync(
        IRecords records, [Description(Where)] string @namespace, [Description("What the keys begin with.")] string prefix = "",
        [Description("Records of a page, 1 to 100.")] int limit = RecordLimits.PageLength,
        [Description("The cursor of the page before.")] string? cursor = null, CancellationToken cancellationToken = default)
    {
        var after = cursor is null ? null : RecordCursor.Read(cursor);
        return RecordResults.Page(await records.QueryAsync(@namespace, prefix, limit, after, cancellationToken));
    }

    [McpServerTool(Name = "records_put", Destructive = false, OpenWorld = false), Redeliverable]
    [Description("Writes one record. It is durable when the answer comes.")]
    public static async Task<CallToolResult> PutAsync(
        IRecords records, [Description(Where)] string @namespace, [Description(Which)] string key,
        [Description("The value: any JSON.")] JsonElement value, [Description(Expected)] long? version = null,
        CancellationToken cancellationToken = default)
    {
        var made = await records.TransactAsync(@namespace, [], [new RecordWrite(key, value, version)], cancellationToken);
        return RecordResults.Put(key, made);
    }

    [McpServerTool(Name = "records_delete", OpenWorld = false), Redeliverable]
    [Description("Deletes one record, if there is one.")]
    public static async Task<CallToolResult> DeleteAsync(
        IRecords records, [Description(Where)] string @namespace, [Description(Which)] string key, [Description(Expected)] long? version = null,
        CancellationToken cancellationToken = default)
    {
        var made = await records.TransactAsync(@namespace, [], [new RecordWrite(key, Value: null, version)], cancellationToken);
        return RecordResults.Deleted(key, made);
    }

    [McpServerTool(Name = "records_transact", OpenWorld = false), Redeliverable]
    [Description("Writes several records, all of them or none, if every version that is named is current. Reads name versions that the writes rest on.")]
    public static async Task<CallToolResult> TransactAsync(
        IRecords records, [Description(Where)] string @namespace,
        [Description("What is written, at most 90 keys: {key, value} or {key, delete: true}, each with the version it must have, if any.")] TransactWrite[] writes,
        [Description("Records that the writes rest on: {key, version}.")] TransactRead[]? reads = null, CancellationToken cancellationToken = default)
    {
        var made = await records.TransactAsync(@namespace, TransactRead.ToReads(reads ?? []), TransactWrite.ToWrites(writes), cancellationToken);
        return RecordResults.Transacted(made, writes);
    }

    [McpServerTool(Name = "records_share", OpenWorld = false), Redeliverable]
    [Description("Lets another client of the tenant read, or read and write, one of your own namespaces; 'none' takes it back.")]
    public static async Task<CallToolResult> ShareAsync(
        IRecords records, [Description("One of your own namespaces.")] string @namespace, [Description("The other client.")] string client,
        [Description("read, write (which includes reading), or none.")] string access, CancellationToken cancellationToken) =>
        RecordResults.Grants(await records.ShareAsync(@namespace, client, AccessOf(access), cancellationToken));

    [McpServerTool(Name = "records_grants", ReadOnly = true, Idempotent = true, OpenWorld = false)]
    [Description("Lists who else may read or write one of your own namespaces.")]
    public static async Task<CallToolResult> GrantsAsync(
        IRecords records, [Description("One of your own namespaces.")] string @namespace, CancellationToken cancellationToken) =>
        RecordResults.Grants(await records.ListGrantsAsync(@namespace, cancellationToken));

    [McpServerTool(Name = "records_set_schema", OpenWorld = false), Redeliverable]
    [Description("Sets the JSON Schema that every record of one of your own namespaces must satisfy, whoever writes it. Left out: removes it. Refused when a record that is there does not satisfy it.")]
    public static async Task<CallToolResult> SetSchemaAsync(
        IRecords records, [Description("One of your own namespaces.")] string @namespace,
        [Description("A schema of JSON Schema 2020-12, 16 KiB at most. References stay within it.")] JsonElement? schema = null, CancellationToken cancellationToken = default)
    {
        await records.SetSchemaAsync(@namespace, schema, cancellationToken);
        return RecordResults.Schema(schema);
    }

    [McpServerTool(Name = "records_schema", ReadOnly = true, Idempotent = true, OpenWorld = false)]
    [Description("Shows the JSON Schema that the records of a namespace satisfy, if it has one.")]
    public static async Task<CallToolResult> SchemaAsync(
        IRecords records, [Description(Where)] string @namespace, CancellationToken cancellationToken) =>
        RecordResults.Schema(await records.GetSchemaAsync(@namespace, cancellationToken));

    private static RecordAccess AccessOf(string access) => access switch
    {
        "read" => RecordAccess.Read,
        "write" => RecordAccess.Write,
        "none" => RecordAccess.None,
        _ => throw RecordArguments.Invalid("Argument 'access': read, write or none."),
    };
}
