using Azure.Data.Tables;
using OrleansMcp.Signals.Chains;

namespace OrleansMcp.Silo.Storage;

/// <summary>Reads the chains of a tenant's partition and says what does not fit. Works while silos and gateways write.</summary>
internal sealed class TableAuditVerification(TableServiceClient tables)
{
    private readonly TableClient _table = tables.GetTableClient(TableNames.Audit);

    /// <summary>
    /// One check a writer, by its name. <paramref name="expected"/> holds heads noted earlier, by writer; a writer of whom nothing is left is
    /// found by them alone. Rows of a former version, which were in no chain, are left out.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, AuditChainCheck>> VerifyAsync(
        string tenant, IReadOnlyDictionary<string, AuditHead> expected, CancellationToken cancellationToken)
    {
        // The heads first: entries that come while the rows are read are behind them.
        var heads = await RowsAsync(TableClient.CreateQueryFilter($"PartitionKey eq {TableKey.Of(tenant)} and RowKey ge {"head-"}"), cancellationToken);
        var entries = await RowsAsync(TableClient.CreateQueryFilter($"PartitionKey eq {TableKey.Of(tenant)} and RowKey lt {"head-"}"), cancellationToken);
        var byWriter = entries.Where(row => AuditRow.WriterOf(row) is not null).ToLookup(row => AuditRow.WriterOf(row)!, StringComparer.Ordinal);
        var checks = new SortedDictionary<string, AuditChainCheck>(StringComparer.Ordinal);
        foreach (var writer in heads.Select(row => AuditRow.WriterOf(row)!).Union(byWriter.Select(rows => rows.Key)).Union(expected.Keys))
        {
            var check = new AuditChainCheck(AuditRow.NameOf(tenant, writer));
            if (heads.FirstOrDefault(row => AuditRow.WriterOf(row) == writer) is { } row && AuditRow.HeadOf(row) is { } stored)
            {
                check.Anchor(stored);
            }

            if (expected.TryGetValue(writer, out var noted))
            {
                check.Expect(noted);
            }

            Read(check, tenant, byWriter[writer].OrderBy(AuditRow.Sequence).ThenBy(row => row.RowKey, StringComparer.Ordinal));
            check.Complete($"head-{writer}");
            checks[writer] = check;
        }

        return checks;
    }

    private static void Read(AuditChainCheck check, string tenant, IEnumerable<TableEntity> rows)
    {
        foreach (var row in rows)
        {
            if (AuditRow.Read(tenant, row) is { } line)
            {
                check.Add(line, row.RowKey);
            }
            else
            {
                check.Note(row.RowKey, "this row is no entry.");
            }
        }
    }

    private async Task<List<TableEntity>> RowsAsync(string filter, CancellationToken cancellationToken)
    {
        var rows = new List<TableEntity>();
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            rows.Add(row);
        }

        return rows;
    }
}
