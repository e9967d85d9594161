using System.Text.Json;

namespace OrleansMcp.Records.Schemas;

/// <summary>
/// A JSON Schema (draft 2020-12) that the records of a namespace must satisfy. To check a value costs a bounded number of steps whatever schema
/// and value are, nothing is fetched, and patterns are matched in linear time.
/// </summary>
internal sealed class RecordSchema
{
    /// <summary>Bytes of a schema: stores write it in one piece.</summary>
    public const int Most = 16 * 1024;

    /// <summary>Steps that the writes of one transaction may take; some tens of milliseconds.</summary>
    public const int StepsOfTransaction = 1_000_000;

    /// <summary>Steps that checking the records that are there may take, when a schema is set.</summary>
    public const int StepsOfSetting = 2_000_000;

    private readonly SchemaNode _root;

    private RecordSchema(JsonElement json, SchemaNode root) => (Json, _root) = (json, root);

    /// <summary>The schema as it was set.</summary>
    public JsonElement Json { get; }

    /// <summary>What is charged to the quotas for it, bytes.</summary>
    public long Size => Json.GetRawText().Length;

    /// <summary>Reads a schema.</summary>
    /// <exception cref="RecordSchemaException">It is none, or one that this server does not check.</exception>
    public static RecordSchema Read(JsonElement json)
    {
        if (System.Text.Encoding.UTF8.GetByteCount(json.GetRawText()) is var bytes && bytes > Most)
        {
            throw new RecordSchemaException("", $"a schema may take {Most} bytes; this one takes {bytes}");
        }

        try
        {
            return new RecordSchema(json, new SchemaReader(json).Read());
        }
        catch (InvalidOperationException)
        {
            throw new RecordSchemaException("", "it holds a text with half of a surrogate pair");
        }
    }

    /// <summary>Whether the value of a record satisfies it. What does not fit is added to the run.</summary>
    public bool Allows(string key, JsonElement value, SchemaRun run)
    {
        run.Begin(key);
        try
        {
            return _root.Check(value, run);
        }
        catch (SchemaCostException)
        {
            return run.Refuse("it cannot be checked: it is too deep, or takes too many steps together with the others");
        }
        catch (InvalidOperationException)
        {
            return run.Refuse("it holds a text with half of a surrogate pair");
        }
    }
}

/// <summary>A schema that is none, or not checked by this server. The message is for the client.</summary>
internal sealed class RecordSchemaException(string place, string problem) : Exception($"Argument 'schema'{(place.Length == 0 ? "" : $", at {place}")}: {problem}.");
