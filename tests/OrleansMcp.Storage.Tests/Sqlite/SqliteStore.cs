using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Orleans.Storage;
using OrleansMcp.Auditing;
using OrleansMcp.Quotas;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions.Keys;
using OrleansMcp.Signals;
using OrleansMcp.Storage.Sqlite;
using OrleansMcp.Storage.Sqlite.Audit;
using OrleansMcp.Storage.Sqlite.Database;
using OrleansMcp.Storage.Sqlite.Keys;
using OrleansMcp.Storage.Sqlite.Ledgers;
using OrleansMcp.Storage.Sqlite.Records;
using OrleansMcp.Storage.Sqlite.Sessions;
using OrleansMcp.Storage.Tests.Contracts;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>The SQLite store on a folder that is gone after the test. It can be closed and opened again, and changed behind its back.</summary>
public sealed class SqliteStore : StoreUnderTest, IDisposable
{
    private readonly ScratchFolder? _scratch;
    private readonly AuditWriter _auditWriter = new(TimeProvider.System, NullLogger<AuditWriter>.Instance);

    public SqliteStore()
        : this(folder: null)
    {
    }

    /// <param name="folder">The data folder; one of its own when null.</param>
    internal SqliteStore(string? folder)
    {
        _scratch = folder is null ? new ScratchFolder() : null;
        Folder = folder ?? _scratch!.Path;
        Database = StoreDatabase.Open(Options);
    }

    public string Folder { get; }

    public string File => Path.Combine(Folder, "orleansmcp.db");

    /// <summary>What the store said about its file.</summary>
    public StoreDamagedException? Damage { get; private set; }

    internal StoreDatabase Database { get; private set; }

    internal SqliteStoreOptions Options => new(Folder) { Damaged = damage => Damage = damage };

    public override IGrainStorage Sessions => new SqliteGrainStorage(Database, _auditWriter);

    public override ISessionRegistry Registry => new SqliteSessionRegistry(Database);

    public override ILedgerStore Ledgers => new SqliteLedgerStore(Database);

    public override IRecordStore Records => new SqliteRecordStore(Database);

    public override IAuditReader AuditReader => new SqliteAuditReader(Database.Readers);

    internal ISessionIdKeyRing Keys => new SqliteSessionIdKeyRing(File, Database.Readers);

    public override IAuditSink OpenAudit() => new SqliteAudit(
        Database, new AuditWriter(TimeProvider.System, NullLogger<AuditWriter>.Instance), TimeProvider.System, NullLogger<SqliteAudit>.Instance);

    public override Task DamageLedgerAsync(string tenant) => ChangeAsync($"UPDATE ledgers SET content = CAST('{{}}' AS BLOB) WHERE tenant = '{tenant}'");

    public override Task DamageRecordAsync(string space, string key) =>
        ChangeAsync($"UPDATE records SET content = CAST('{{}}' AS BLOB) WHERE namespace = '{space}' AND key = '{key}'");

    public override Task CutAuditAsync(string tenant) =>
        ChangeAsync($"DELETE FROM audit WHERE chain = '{tenant}' AND sequence = (SELECT MAX(sequence) FROM audit WHERE chain = '{tenant}')");

    /// <summary>Changes rows as another program would.</summary>
    public Task ChangeAsync(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={File};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        Assert.NotEqual(0, command.ExecuteNonQuery());
        return Task.CompletedTask;
    }

    /// <summary>Ends the process that holds the folder, and begins another.</summary>
    public void Reopen()
    {
        Close();
        Database = StoreDatabase.Open(Options);
    }

    public void Close() => Database.Dispose();

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public override ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    public void Dispose()
    {
        Close();
        _scratch?.Dispose();
    }
}
