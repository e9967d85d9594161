using System.Globalization;
using System.Runtime.CompilerServices;
using OrleansMcp.Auditing;
using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Audit;

/// <summary>Reads chains page by page, so that a long audit holds no snapshot for long. A tenant has one chain, of the tenant's name.</summary>
internal sealed class SqliteAuditReader(StoreReaders readers) : IAuditReader
{
    /// <summary>Under which a tenant's only chain is found: no process has this name.</summary>
    public const string Writer = "";

    private const int Page = 1000;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> TenantsAsync(CancellationToken cancellationToken) =>
        await readers.RunAsync(AuditRows.Chains, cancellationToken);

    /// <inheritdoc/>
    public async Task<TenantAudit> VerifyAsync(string tenant, ILookup<string, AuditHead> expected, CancellationToken cancellationToken)
    {
        var check = new AuditChainCheck(tenant);
        foreach (var head in expected[Writer])
        {
            check.Expect(head);
        }

        // The head first: entries that come while the pages are read are behind it.
        if (await readers.RunAsync(connection => AuditRows.ReadHead(connection, tenant), cancellationToken) is { } stored)
        {
            check.Anchor(stored);
        }

        await foreach (var row in RowsAsync(tenant, cancellationToken))
        {
            Judge(check, tenant, row);
        }

        check.Complete($"{tenant}:head");
        return new TenantAudit(new Dictionary<string, AuditChainCheck>(StringComparer.Ordinal) { [Writer] = check }, Unchained: 0);
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ExportAsync(string tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var row in RowsAsync(tenant, cancellationToken))
        {
            yield return row.Line;
        }
    }

    private static void Judge(AuditChainCheck check, string tenant, StoredLine row)
    {
        var place = string.Create(CultureInfo.InvariantCulture, $"{tenant}:{row.Sequence}");
        if (!AuditLine.TryRead(row.Line, out var line))
        {
            check.Note(place, "this row is no entry.");
            return;
        }

        if (line.IsIntact && (!row.IsWhole || line.Head.Sequence != row.Sequence))
        {
            check.Note(place, "this row was moved, or its checksum changed.");
        }

        check.Add(line, place);
    }

    private async IAsyncEnumerable<StoredLine> RowsAsync(string chain, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var after = long.MinValue;
        while (await readers.RunAsync(connection => AuditRows.ReadPage(connection, chain, after, Page), cancellationToken) is { Count: > 0 } page)
        {
            foreach (var row in page)
            {
                yield return row;
            }

            after = page[^1].Sequence;
        }
    }
}
