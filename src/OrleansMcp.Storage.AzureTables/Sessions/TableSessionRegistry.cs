using Azure;
using Azure.Data.Tables;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Storage.AzureTables.Sessions;

/// <summary>The open sessions in a table: a partition a tenant, a row a session.</summary>
internal sealed class TableSessionRegistry(TableServiceClient tables) : ISessionRegistry
{
    private const string Client = "Client";
    private const string DueAt = "DueAt";
    private const string StateBytes = "StateBytes";

    private readonly TableClient _table = tables.GetTableClient(TableNames.Registry);
    private readonly Lock _gate = new();
    private Task? _created;

    public Task<IReadOnlyList<RegisteredSession>> LoadAsync(string tenant, CancellationToken cancellationToken) => RunAsync(
        async () =>
        {
            var sessions = new List<RegisteredSession>();
            var filter = TableClient.CreateQueryFilter($"PartitionKey eq {TableKey.Of(tenant)}");
            await foreach (var row in _table.QueryAsync<TableEntity>(filter, cancellationToken: cancellationToken))
            {
                sessions.Add(Read(row));
            }

            return (IReadOnlyList<RegisteredSession>)sessions;
        },
        cancellationToken);

    public Task AddAsync(string tenant, RegisteredSession session, CancellationToken cancellationToken)
    {
        var row = new TableEntity(TableKey.Of(tenant), TableKey.Of(session.Key.Value))
        {
            [Client] = session.Client, [DueAt] = session.DueAt, [StateBytes] = session.StateBytes,
        };
        return RunAsync(() => _table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken), cancellationToken);
    }

    public Task RemoveAsync(string tenant, SessionKey session, CancellationToken cancellationToken) =>
        RunAsync(() => _table.DeleteEntityAsync(TableKey.Of(tenant), TableKey.Of(session.Value), ETag.All, cancellationToken), cancellationToken);

    /// <summary>Runs a step on the table. Throws <see cref="IOException"/> for every exception of the table client.</summary>
    private async Task<T> RunAsync<T>(Func<Task<T>> step, CancellationToken cancellationToken)
    {
        try
        {
            await EnsureTableAsync();
            return await step();
        }
        catch (Exception e) when (e is not IOException && !cancellationToken.IsCancellationRequested)
        {
            throw new IOException($"The registry of sessions cannot be reached: {TablePatience.Problem(e)}", e);
        }
    }

    /// <summary>A row may lack a column that came later. What it has must be what a registry writes.</summary>
    private static RegisteredSession Read(TableEntity row)
    {
        var session = new SessionKey(TableKey.Name(row.RowKey));
        try
        {
            return new RegisteredSession(
                row.GetString(Client) ?? throw new InvalidOperationException("It does not say whose it is."), session,
                row.GetDateTimeOffset(DueAt) ?? DateTimeOffset.MinValue, row.GetInt64(StateBytes) ?? 0);
        }
        catch (InvalidOperationException e)
        {
            throw StoreDamagedException.OfRow(TableNames.Registry, session.Name, "it is not an entry of the registry", e);
        }
    }

    /// <summary>Once; a failure is tried again by the next caller.</summary>
    private Task EnsureTableAsync()
    {
        lock (_gate)
        {
            return _created is { IsFaulted: false, IsCanceled: false } ? _created : _created = _table.CreateIfNotExistsAsync();
        }
    }
}
