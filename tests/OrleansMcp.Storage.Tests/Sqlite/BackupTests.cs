using System.Runtime.Versioning;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Auditing;
using OrleansMcp.Quotas;
using OrleansMcp.Storage.Sqlite;
using OrleansMcp.Storage.Sqlite.Audit;
using OrleansMcp.Storage.Sqlite.Backups;
using OrleansMcp.Storage.Sqlite.Folders;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>Copies of a database: consistent while the server runs, and the only way back from damage.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class BackupTests : IDisposable
{
    private readonly SqliteStore _store = new();
    private readonly ScratchFolder _scratch = new();
    private readonly FakeTimeProvider _time = new();

    private string Backup => Path.Combine(_scratch.Path, "backup.db");

    public void Dispose()
    {
        _store.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task A_back_up_of_a_running_server_is_private_and_replaces_no_file()
    {
        await StoreContent.WriteAsync(_store);
        SqliteBackup.Write(_store.Folder, Backup);
        Assert.Equal([Backup], Directory.GetFiles(_scratch.Path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Backup));
        Assert.Contains("already", Assert.Throws<IOException>(() => SqliteBackup.Write(_store.Folder, Backup)).Message, StringComparison.Ordinal);
        await StoreContent.OpenAsync(_store, Orleans.Runtime.GrainId.Create("session", "s-9"), "acme", [1]); // The server goes on.
    }

    [Fact]
    public async Task Back_ups_that_are_taken_while_it_is_written_are_each_of_one_moment()
    {
        await StoreContent.WriteAsync(_store);
        using var stopping = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            var log = _store.Records.Open(StoreContent.Space);
            var version = (await log.LoadAsync(default))!.Version;
            while (!stopping.IsCancellationRequested)
            {
                await StoreContent.AppendAsync(log, ++version, $"k{version % 7}", grants: null);
            }
        });
        for (var copy = 0; copy < 5; copy++)
        {
            SqliteBackup.Write(_store.Folder, Backup + copy); // Checks that heads and records fit.
        }

        await stopping.CancelAsync();
        await writing;
    }

    [Fact]
    public async Task A_restore_ends_all_sessions_with_receipts_and_keeps_records_grants_audit_and_keys()
    {
        await StoreContent.WriteAsync(_store);
        SqliteBackup.Write(_store.Folder, Backup);
        var (keys, image) = (_store.Keys.Read(), await _store.Records.Open(StoreContent.Space).LoadAsync(default));
        var log = _store.Records.Open(StoreContent.Space);
        await log.LoadAsync(default);
        await StoreContent.AppendAsync(log, 3, "later", grants: null);
        _store.Close();
        Assert.Equal(2, SqliteRestore.Run(_store.Folder, Backup, _time));
        Assert.False(File.Exists(_store.File + "-wal"));
        _store.Reopen();

        Assert.Empty(await _store.Registry.LoadAsync("acme", default));
        Assert.Empty(await _store.Registry.LoadAsync("globex", default));
        var restored = (await _store.Records.Open(StoreContent.Space).LoadAsync(default))!;
        Assert.Equal((image!.Version, 2, "bob"), (restored.Version, restored.Records.Count, Assert.Single(restored.Grants).Client));
        Assert.True(_store.Keys.Read().Are(keys));
        foreach (var (tenant, entries) in ((string, int)[])[("acme", 3), ("globex", 1)])
        {
            var check = (await _store.AuditReader.VerifyAsync(tenant, Array.Empty<int>().ToLookup(_ => "", _ => AuditHead.None), default)).Chains[SqliteAuditReader.Writer];
            Assert.Empty(check.Findings);
            Assert.Equal(entries, check.Entries);
        }
    }

    [Fact]
    public async Task A_restore_counts_the_open_windows_of_every_tenant_as_spent()
    {
        await StoreContent.WriteAsync(_store);
        SqliteBackup.Write(_store.Folder, Backup);
        _store.Close();
        SqliteRestore.Run(_store.Folder, Backup, _time);
        _store.Reopen();
        foreach (var tenant in (string[])["acme", "unheard-of"])
        {
            var ledger = _store.Ledgers.Open(tenant);
            Assert.Equal(_time.GetUtcNow(), (await ledger.LoadAsync(default))!.SpentAt);
            await ledger.SaveAsync(new LedgerRecord { Window = 1 }, default);
            Assert.NotNull((await _store.Ledgers.Open(tenant).LoadAsync(default))!.SpentAt);
        }
    }

    [Fact]
    public async Task A_restore_replaces_a_database_that_does_not_even_open()
    {
        await StoreContent.WriteAsync(_store);
        SqliteBackup.Write(_store.Folder, Backup);
        _store.Close();
        await File.WriteAllTextAsync(_store.File, new string('x', 5000));
        await File.WriteAllTextAsync(_store.File + "-wal", "stale");
        SqliteRestore.Run(_store.Folder, Backup, _time);
        _store.Reopen();
        Assert.Equal(2, (await _store.Records.Open(StoreContent.Space).LoadAsync(default))!.Records.Count);
    }

    [Fact]
    public void A_restore_under_a_running_server_is_refused() =>
        Assert.Throws<DataFolderLockedException>(() => SqliteRestore.Run(_store.Folder, Backup, _time));

    [Theory]
    [InlineData("UPDATE records SET version = version + 1")]
    [InlineData("DELETE FROM ledger_versions")]
    [InlineData("UPDATE audit SET line = CAST(line || 'x' AS BLOB) WHERE sequence = 1")]
    public async Task A_back_up_that_is_damaged_is_refused_and_the_former_database_stands(string damage)
    {
        await StoreContent.WriteAsync(_store);
        _store.Reopen();
        var before = await StoreContent.ReadAsync(_store);
        SqliteBackup.Write(_store.Folder, Backup);
        using (var connection = OrleansMcp.Storage.Sqlite.Database.StoreConnection.OpenWriter(Backup))
        {
            connection.Execute(damage);
        }

        _store.Close();
        Assert.Throws<StoreDamagedException>(() => SqliteRestore.Run(_store.Folder, Backup, _time));
        _store.Reopen();
        Assert.Equal(before, await StoreContent.ReadAsync(_store));
        Assert.DoesNotContain(Directory.GetFiles(_store.Folder), file => file.Contains("restore", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_audit_that_lost_an_entry_is_backed_up_and_restored_with_its_gap()
    {
        await StoreContent.WriteAsync(_store);
        await _store.ChangeAsync("DELETE FROM audit WHERE chain = 'acme' AND sequence = 1");
        SqliteBackup.Write(_store.Folder, Backup);
        _store.Close();
        SqliteRestore.Run(_store.Folder, Backup, _time);
        _store.Reopen();
        var check = (await _store.AuditReader.VerifyAsync("acme", Array.Empty<int>().ToLookup(_ => "", _ => AuditHead.None), default)).Chains[SqliteAuditReader.Writer];
        Assert.Contains("entry 1 is missing before entry 2", Assert.Single(check.Findings).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_no_back_up_is_refused()
    {
        _store.Close();
        await File.WriteAllTextAsync(Backup, new string('x', 5000));
        Assert.Throws<StoreDamagedException>(() => SqliteRestore.Run(_store.Folder, Backup, _time));
        Assert.ThrowsAny<IOException>(() => SqliteRestore.Run(_store.Folder, Backup + ".missing", _time));
        _store.Reopen();
    }

    [Fact]
    public async Task A_damaged_database_is_not_backed_up()
    {
        await StoreContent.WriteAsync(_store);
        await _store.DamageLedgerAsync("acme");
        Assert.Throws<StoreDamagedException>(() => SqliteBackup.Write(_store.Folder, Backup));
        Assert.Empty(Directory.GetFiles(_scratch.Path));
    }
}
