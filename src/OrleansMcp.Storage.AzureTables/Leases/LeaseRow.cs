using Azure;
using Azure.Data.Tables;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Storage.AzureTables.Leases;

/// <summary>
/// The row that one process holds: who holds it, and a count, so that every write makes another ETag. A write that was refused is compared
/// with the row that is there: it may be this process's own, by an attempt whose answer was lost, and then the write is made on top of it.
/// </summary>
internal sealed class LeaseRow(TableServiceClient tables, string serviceId)
{
    private const string Partition = "lease";
    private const string Holder = "Holder";
    private const string Count = "Count";

    private readonly TableClient _table = tables.GetTableClient(TableNames.Store);
    private readonly string _key = TableKey.Of(serviceId);
    private readonly string _holder = Guid.NewGuid().ToString("n");
    private long _count;

    /// <summary>The row's ETag, whosever it is; null when there is none.</summary>
    public async Task<ETag?> FindAsync(CancellationToken cancellationToken) => (await ReadAsync(cancellationToken))?.ETag;

    /// <summary>Makes the row; null when another process has.</summary>
    public async Task<ETag?> TryInsertAsync(CancellationToken cancellationToken)
    {
        await _table.CreateIfNotExistsAsync(cancellationToken);
        try
        {
            return (await _table.AddEntityAsync(Next(), cancellationToken)).Headers.ETag;
        }
        catch (RequestFailedException e) when (e.ErrorCode == "EntityAlreadyExists")
        {
            return await FindOwnAsync(cancellationToken) is { } own ? await TryReplaceAsync(own, cancellationToken) : null;
        }
    }

    /// <summary>Replaces the row of that ETag; null when another process has, or has removed it.</summary>
    public async Task<ETag?> TryReplaceAsync(ETag former, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return (await _table.UpdateEntityAsync(Next(), former, TableUpdateMode.Replace, cancellationToken)).Headers.ETag;
            }
            catch (RequestFailedException e) when (e.Status is 404 or 412)
            {
                if (await FindOwnAsync(cancellationToken) is not { } own)
                {
                    return null;
                }

                former = own;
            }
        }
    }

    /// <summary>Removes the row, unless it is another process's by now.</summary>
    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        while (await FindOwnAsync(cancellationToken) is { } own)
        {
            try
            {
                await _table.DeleteEntityAsync(Partition, _key, own, cancellationToken);
                return;
            }
            catch (RequestFailedException e) when (e.Status == 412)
            {
                // A pending renewal has arrived and changed the ETag.
            }
        }
    }

    private async Task<ETag?> FindOwnAsync(CancellationToken cancellationToken) =>
        await ReadAsync(cancellationToken) is { } row && row.TryGetValue(Holder, out var holder) && holder as string == _holder ? row.ETag : null;

    private async Task<TableEntity?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var row = await _table.GetEntityIfExistsAsync<TableEntity>(Partition, _key, cancellationToken: cancellationToken);
            return row.HasValue ? row.Value : null;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null; // Nor is there the table.
        }
    }

    private TableEntity Next() => new(Partition, _key) { [Holder] = _holder, [Count] = ++_count };
}
