using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace OrleansMcp.Records.Tools;

/// <summary>A write as <c>records_transact</c> takes it.</summary>
internal sealed record TransactWrite
{
    [Description("The record's key."), JsonRequired]
    public string Key { get; init; } = "";

    [Description("Its new value: any JSON.")]
    public JsonElement? Value { get; init; }

    [Description("True to delete it instead.")]
    public bool Delete { get; init; }

    [Description("The version it must have by then, 0 for none.")]
    public long? Version { get; init; }

    public static RecordWrite[] ToWrites(TransactWrite[] writes) => [.. writes.Select(write => write.Delete == write.Value is { ValueKind: not JsonValueKind.Undefined }
        ? throw RecordArguments.Invalid($"Argument 'writes': '{write?.Key}' needs either a value or delete: true.")
        : new RecordWrite(write.Key, write.Delete ? null : write.Value, write.Version))];
}

/// <summary>A version that the writes rest on, as <c>records_transact</c> takes it.</summary>
internal sealed record TransactRead
{
    [Description("The record's key."), JsonRequired]
    public string Key { get; init; } = "";

    [Description("Its version as it was read, 0 for none."), JsonRequired]
    public long Version { get; init; }

    public static RecordRead[] ToReads(TransactRead[] reads) => [.. reads.Select(read => new RecordRead(read.Key, read.Version))];
}
