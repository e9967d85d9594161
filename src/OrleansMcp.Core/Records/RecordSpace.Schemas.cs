using OrleansMcp.Records.Schemas;
using OrleansMcp.Signals;

namespace OrleansMcp.Records;

/// <summary>
/// The schema of a namespace. Values are checked outside the lock, because that may take some tens of milliseconds, against the schema that is
/// accepted then; a transaction is accepted only while that is still the one.
/// </summary>
public sealed partial class RecordSpace
{
    private Examination Examine(RecordRequest request)
    {
        lock (_gate)
        {
            if (FindKnownLocked(request) is not null || AccessOf(request.Author) != RecordAccess.Write)
            {
                return new Examination(_schema); // What comes of it does not depend on a schema.
            }
        }

        return request.Operation switch
        {
            RecordOperation.Transact => ExamineValues(request.Writes),
            RecordOperation.SetSchema => ExamineSchema(request),
            _ => new Examination(Volatile.Read(ref _schema)),
        };
    }

    private Examination ExamineValues(IReadOnlyList<RecordWrite> writes)
    {
        if (Volatile.Read(ref _schema) is not { } schema)
        {
            return new Examination(Against: null);
        }

        var run = new SchemaRun(RecordSchema.StepsOfTransaction);
        var refused = writes.Where(write => write.Value is { } value && !schema.Allows(write.Key, value, run)).Select(static write => write.Key).ToArray();
        return new Examination(schema) { Refusal = RefusalOf(refused, run) };
    }

    /// <summary>Reads the schema, and checks what is there against it.</summary>
    private Examination ExamineSchema(RecordRequest request)
    {
        RecordSchema? schema;
        Record[] records;
        long version;
        lock (_gate)
        {
            (schema, records, version) = (_schema, [.. _table.All()], _table.Accepted);
        }

        try
        {
            var next = request.Schema is { } json ? RecordSchema.Read(json) : null;
            var run = new SchemaRun(RecordSchema.StepsOfSetting);
            return new Examination(schema) { Next = next, Version = version, Run = run, Refusal = next is null ? null : Judge(next, records, run) };
        }
        catch (RecordSchemaException e)
        {
            return new Examination(schema) { Refusal = new RecordReply(RecordOutcome.InvalidSchema) { Problem = e.Message } };
        }
    }

    /// <summary>What was written while the records were checked, is checked too.</summary>
    private RecordReply? JudgeSchemaLocked(Examination examined) => examined.Refusal
        ?? (examined.Next is { } next && _table.Accepted > examined.Version ? Judge(next, _table.All().Where(record => record.Version > examined.Version), examined.Run!) : null)
        ?? (_table.Bytes + (examined.Next?.Size ?? 0) > _host.Limits.MaxBytes
            ? new RecordReply(RecordOutcome.OverLimit) { Problem = $"A namespace can hold {_host.Limits.MaxBytes} bytes." }
            : null);

    private RecordReply? JudgeValuesLocked(RecordRequest request, Examination examined)
    {
        if (examined.Refusal is { } refusal)
        {
            _host.Raise(SignalName.SchemaMismatch, _key, request.Author, $"{refusal.Keys.Count} values do not satisfy the schema of their namespace");
        }

        return examined.Refusal;
    }

    private static RecordReply? Judge(RecordSchema schema, IEnumerable<Record> records, SchemaRun run) => RefusalOf(
        [.. records.Where(record => !schema.Allows(record.Key, record.Value, run)).Select(static record => record.Key).Take(SchemaRun.MostProblems)], run);

    private static RecordReply? RefusalOf(string[] keys, SchemaRun run) =>
        keys.Length == 0 ? null : new RecordReply(RecordOutcome.SchemaMismatch) { Keys = keys, Problems = run.Problems };

    /// <summary>What an examination found.</summary>
    /// <param name="Against">The schema that was in force.</param>
    private sealed record Examination(RecordSchema? Against)
    {
        /// <summary>The schema that is to be set; null for none.</summary>
        public RecordSchema? Next { get; init; }

        /// <summary>Up to which transaction records were checked.</summary>
        public long Version { get; init; }

        /// <summary>What is left of the steps.</summary>
        public SchemaRun? Run { get; init; }

        /// <summary>Why the transaction cannot be made.</summary>
        public RecordReply? Refusal { get; init; }
    }
}
