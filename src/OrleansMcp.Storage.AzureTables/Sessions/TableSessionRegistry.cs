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
    private const string Sum = "Sum";

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
                sessions.Add(Read(tenant, row));
            }

            return (IReadOnlyList<RegisteredSession>)sessions;
        },
        cancellationToken);

    public Task AddAsync(string tenant, RegisteredSession session, CancellationToken cancellationToken)
    {
        var row = new TableEntity(TableKey.Of(tenant), TableKey.Of(session.Key.Value))
        {
            [Client] = session.Client, [DueAt] = session.DueAt, [StateBytes] = session.StateBytes, [Sum] = Checksum(tenant, session).ToBytes(),
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

    private static RegisteredSession Read(string tenant, TableEntity row) =>
        Of(row) is { } session && row.TryGetValue(Sum, out var sum) && sum is byte[] bytes && Checksum(tenant, session).Is(bytes)
            ? session
            : throw StoreDamagedException.OfTableRow(
                TableNames.Registry, new SessionKey(TableKey.Name(row.RowKey)).Name, "its checksum does not fit", $"must be done together with the session's row of {TableNames.Sessions} and ends the session");

    /// <summary>Null when a column is missing, or of another type.</summary>
    private static RegisteredSession? Of(TableEntity row) =>
        row.TryGetValue(Client, out var client) && client is string name && row.TryGetValue(DueAt, out var due) && due is DateTimeOffset at
        && row.TryGetValue(StateBytes, out var state) && state is long bytes
            ? new RegisteredSession(name, new SessionKey(TableKey.Name(row.RowKey)), at, bytes)
            : null;

    private static RowChecksum Checksum(string tenant, RegisteredSession session) =>
        RowChecksum.Of(TableNames.Registry).Add(tenant).Add(session.Key.Value).Add(session.Client).Add(session.DueAt.UtcTicks).Add(session.StateBytes);

    /// <summary>Once; a failure is tried again by the next caller.</summary>
    private Task EnsureTableAsync()
    {
        lock (_gate)
        {
            return _created is { IsFaulted: false, IsCanceled: false } ? _created : _created = _table.CreateIfNotExistsAsync();
        }
    }
}
