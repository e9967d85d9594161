using System.Runtime.CompilerServices;
using Azure;
using Azure.Data.Tables;
using OrleansMcp.Auditing;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Storage.AzureTables.Audit;

/// <summary>Reads the chains of a tenant's partition and says what does not fit. Works while silos and gateways write.</summary>
internal sealed class TableAuditReader(TableServiceClient tables) : IAuditReader
{
    private readonly TableClient _table = tables.GetTableClient(TableNames.Audit);

    /// <summary>One row is read of each tenant, not all of all.</summary>
    /// <exception cref="RequestFailedException">The table is not there, or does not answer.</exception>
    public async Task<IReadOnlyList<string>> TenantsAsync(CancellationToken cancellationToken)
    {
        var tenants = new List<string>();
        for (var partition = await NextAsync("", cancellationToken); partition is not null; partition = await NextAsync(partition, cancellationToken))
        {
            tenants.Add(TableKey.Name(partition));
        }

        return tenants;
    }

    /// <summary>A writer of whom nothing is left is found by the expected heads alone.</summary>
    /// <exception cref="RequestFailedException">The table is not there, or does not answer.</exception>
    public async Task<TenantAudit> VerifyAsync(string tenant, ILookup<string, AuditHead> expected, CancellationToken cancellationToken)
    {
        // The heads first: entries that come while the rows are read are behind them.
        var heads = await RowsAsync(TableClient.CreateQueryFilter($"PartitionKey eq {TableKey.Of(tenant)} and RowKey ge {"head-"}"), cancellationToken);
        var entries = await RowsAsync(TableClient.CreateQueryFilter($"PartitionKey eq {TableKey.Of(tenant)} and RowKey lt {"head-"}"), cancellationToken);
        var byWriter = entries.Where(row => AuditRow.WriterOf(row) is not null).ToLookup(row => AuditRow.WriterOf(row)!, StringComparer.Ordinal);
        var checks = new SortedDictionary<string, AuditChainCheck>(StringComparer.Ordinal);
        foreach (var writer in heads.Select(row => AuditRow.WriterOf(row)!).Union(byWriter.Select(rows => rows.Key)).Union(expected.Select(heads => heads.Key)))
        {
            var check = new AuditChainCheck(AuditRow.NameOf(tenant, writer));
            if (heads.FirstOrDefault(row => AuditRow.WriterOf(row) == writer) is { } row && AuditRow.HeadOf(row) is { } stored)
            {
                check.Anchor(stored);
            }

            foreach (var noted in expected[writer])
            {
                check.Expect(noted);
            }

            Read(check, tenant, byWriter[writer].OrderBy(AuditRow.Sequence).ThenBy(row => row.RowKey, StringComparer.Ordinal));
            check.Complete($"head-{writer}");
            checks[writer] = check;
        }

        return new TenantAudit(checks, entries.Count(row => AuditRow.WriterOf(row) is null));
    }

    /// <exception cref="RequestFailedException">The table is not there, or does not answer.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ExportAsync(string tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The key of a row begins with the time of its entry.
        var filter = TableClient.CreateQueryFilter($"PartitionKey eq {TableKey.Of(tenant)} and RowKey lt {"head-"}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
        {
            if (AuditRow.LineOf(tenant, row) is { } line)
            {
                yield return line;
            }
        }
    }

    /// <summary>The first partition behind another; null when there is none.</summary>
    private async Task<string?> NextAsync(string partition, CancellationToken cancellationToken)
    {
        var filter = TableClient.CreateQueryFilter($"PartitionKey gt {partition}");
        await foreach (var row in _table.QueryAsync<TableEntity>(filter, maxPerPage: 1, ["PartitionKey"], cancellationToken))
        {
            return row.PartitionKey;
        }

        return null;
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
