using System.Globalization;
using Azure;
using Azure.Data.Tables;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Storage.AzureTables.Formats;

/// <summary>
/// The format of all rows, in a row of its own. Version 0.1 wrote none: rows without it are of that version. Another format is refused;
/// there is no other way from format to format than new tables.
/// </summary>
internal sealed class TableFormat(TableServiceClient tables)
{
    public const long Current = 3;

    private const long Unsaid = 0;
    private const string Key = "format";
    private const string Version = "Version";

    /// <summary>
    /// Where a process of version 0.1 leaves rows. The audit is not among them: its rows are the same in both versions, and who gives up the
    /// sessions of the former version keeps the evidence.
    /// </summary>
    private static readonly string[] s_looked = [TableNames.FormerMembership, TableNames.Membership, TableNames.Sessions, TableNames.Registry, TableNames.Records];

    private readonly TableClient _table = tables.GetTableClient(TableNames.Store);

    private string Place => tables.Uri.GetLeftPart(UriPartial.Path);

    /// <summary>Checks the format, and says it in tables that are empty of ours. Any number of processes may do so at once.</summary>
    /// <exception cref="TableFormatException">The tables are of another version.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        var found = await ReadAsync(cancellationToken) ?? await CreateAsync(cancellationToken);
        if (found != Current)
        {
            throw new TableFormatException(string.Create(CultureInfo.InvariantCulture,
                $"The tables at {Place} have format {found}; this version reads and writes format {Current} only. Use another storage account, or the version that wrote them."));
        }
    }

    /// <summary>
    /// Writes the format of new tables. Every process of this version writes the format before any other row; so rows without a format were
    /// written by another version.
    /// </summary>
    private async Task<long> CreateAsync(CancellationToken cancellationToken)
    {
        if (await AnyRowsAsync(cancellationToken))
        {
            return await ReadAsync(cancellationToken) ?? throw new TableFormatException(
                $"The tables at {Place} were written by version 0.1, which this version cannot read, or their row '{Key}' in {TableNames.Store} is lost: then bring it back from a copy. Use another storage account, delete the tables {string.Join(", ", s_looked)} with all sessions and records in them, or run version 0.1.");
        }

        try
        {
            await _table.CreateIfNotExistsAsync(cancellationToken);
            await _table.AddEntityAsync(new TableEntity(Key, Key) { [Version] = Current }, cancellationToken);
            return Current;
        }
        catch (RequestFailedException e) when (e.ErrorCode == "EntityAlreadyExists")
        {
            // Another process was faster, or an attempt of this one whose answer was lost.
            return await ReadAsync(cancellationToken) ?? Unsaid;
        }
    }

    private async Task<long?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var row = await _table.GetEntityIfExistsAsync<TableEntity>(Key, Key, cancellationToken: cancellationToken);
            return row.HasValue ? row.Value!.TryGetValue(Version, out var version) && version is long format ? format : Unsaid : null;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null; // Nor is there the table yet.
        }
    }

    private async Task<bool> AnyRowsAsync(CancellationToken cancellationToken)
    {
        foreach (var name in s_looked)
        {
            if (await AnyRowsAsync(tables.GetTableClient(name), cancellationToken))
            {
                return true;
            }
        }

        return false;
    }

    private static async Task<bool> AnyRowsAsync(TableClient table, CancellationToken cancellationToken)
    {
        try
        {
            return await table.QueryAsync<TableEntity>(maxPerPage: 1, select: ["PartitionKey"], cancellationToken: cancellationToken).AnyAsync(cancellationToken);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return false;
        }
    }
}
