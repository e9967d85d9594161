using Microsoft.Data.Sqlite;
using Orleans;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Records;
using OrleansMcp.Sessions.Keys;
using OrleansMcp.Sessions.State;
using OrleansMcp.Storage.Sqlite.Backups;
using OrleansMcp.Storage.Sqlite.Database;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>Damage stops what it concerns, says what to do, and never widens access, refills a counter or brings back a grant.</summary>
public sealed class DamageTests : IDisposable
{
    private readonly SqliteStore _store = new();

    public static TheoryData<string> Tables => ["meta", "sessions", "session_digests", "ledgers", "ledger_versions", "record_heads", "record_rules", "records", "audit", "audit_heads", "session_id_keys"];

    public void Dispose() => _store.Dispose();

    [Theory]
    [MemberData(nameof(Tables))]
    public async Task A_change_of_any_column_of_any_table_shows(string table)
    {
        await StoreContent.WriteAsync(_store);
        Check();
        foreach (var column in Query($"SELECT name FROM pragma_table_info('{table}')"))
        {
            var key = Query($"SELECT name FROM pragma_table_info('{table}') WHERE pk = 1")[0];
            Execute($"CREATE TABLE former AS SELECT * FROM {table}", $"""
                UPDATE {table} SET {column} = CASE typeof({column})
                    WHEN 'integer' THEN {column} + 100 WHEN 'text' THEN {column} || 'x' ELSE CAST({column} || x'00' AS BLOB) END
                WHERE {key} = (SELECT MIN({key}) FROM {table})
                """);
            var damage = Assert.ThrowsAny<Exception>(Check);
            Assert.True(damage is StoreDamagedException { IsWhole: false }, $"{column}: {damage}");
            Assert.Contains("restore FILE", damage.Message, StringComparison.Ordinal);
            Execute($"DELETE FROM {table}", $"INSERT INTO {table} SELECT * FROM former", "DROP TABLE former");
        }

        Check();
    }

    [Fact]
    public async Task A_damaged_session_stops_its_tenants_listing_and_no_other_tenant()
    {
        await StoreContent.WriteAsync(_store);
        Execute("UPDATE sessions SET state_bytes = 0 WHERE key = 's-1'");
        var state = new GrainState<StoredSession>();
        await Assert.ThrowsAsync<StoreDamagedException>(() => _store.Sessions.ReadStateAsync("session", StoreContent.Session, state));
        await Assert.ThrowsAsync<StoreDamagedException>(() => new GrainSessionStore(_store.Sessions, StoreContent.Session).ClaimAsync(new("s-1")));
        await Assert.ThrowsAsync<StoreDamagedException>(() => _store.Registry.LoadAsync("acme", default));
        Assert.Single(await _store.Registry.LoadAsync("globex", default));
    }

    [Theory]
    [InlineData("INSERT OR REPLACE INTO sessions SELECT * FROM stale")]
    [InlineData("DELETE FROM sessions WHERE key = 's-1'")]
    [InlineData("DELETE FROM session_digests")]
    public async Task A_session_that_fell_back_or_came_back_or_is_lost_stops_its_tenant_and_no_other(string damage)
    {
        await StoreContent.WriteAsync(_store);
        Execute("CREATE TABLE stale AS SELECT * FROM sessions WHERE tenant = 'acme'");
        var state = new GrainState<StoredSession>();
        await _store.Sessions.ReadStateAsync("session", StoreContent.Session, state);
        await _store.Sessions.WriteStateAsync("session", StoreContent.Session, state);
        Assert.Single(await _store.Registry.LoadAsync("acme", default));
        Execute(damage);
        await Assert.ThrowsAsync<StoreDamagedException>(() => _store.Registry.LoadAsync("acme", default));
        if (!damage.Contains("digests", StringComparison.Ordinal))
        {
            Assert.Single(await _store.Registry.LoadAsync("globex", default));
        }
    }

    [Fact]
    public async Task A_session_that_ended_does_not_come_back_with_its_page()
    {
        await StoreContent.WriteAsync(_store);
        Execute("CREATE TABLE stale AS SELECT * FROM sessions WHERE tenant = 'acme'");
        var state = new GrainState<StoredSession>();
        await _store.Sessions.ReadStateAsync("session", StoreContent.Session, state);
        await _store.Sessions.ClearStateAsync("session", StoreContent.Session, state);
        Assert.Empty(await _store.Registry.LoadAsync("acme", default));
        Execute("INSERT INTO sessions SELECT * FROM stale");
        await Assert.ThrowsAsync<StoreDamagedException>(() => _store.Registry.LoadAsync("acme", default));
    }

    [Fact]
    public async Task A_unit_that_was_refused_leaves_nothing_in_the_digest_of_a_tenant()
    {
        await StoreContent.WriteAsync(_store);
        var (good, stale) = (new GrainState<StoredSession>(), new GrainState<StoredSession>());
        await _store.Sessions.ReadStateAsync("session", StoreContent.Session, good);
        await _store.Sessions.ReadStateAsync("session", StoreContent.Session, stale);
        await _store.Sessions.WriteStateAsync("session", StoreContent.Session, good);
        await Assert.ThrowsAnyAsync<Exception>(() => _store.Sessions.WriteStateAsync("session", StoreContent.Session, stale));
        await Assert.ThrowsAsync<InvalidOperationException>(() => _store.Database.Writer.RunAsync<int>(1, static connection =>
        {
            connection.Digests.Toggle("acme", new byte[] { 1 });
            throw new InvalidOperationException("refused");
        }));
        Assert.Single(await _store.Registry.LoadAsync("acme", default));
    }

    [Theory]
    [InlineData("INSERT OR REPLACE INTO session_id_keys SELECT * FROM stale")]
    [InlineData("DELETE FROM session_id_keys")]
    public async Task Keys_that_were_retired_do_not_come_back_and_lost_ones_are_not_replaced(string damage)
    {
        await StoreContent.WriteAsync(_store);
        Execute("CREATE TABLE stale AS SELECT * FROM session_id_keys");
        _store.Keys.Rotate();
        _store.Keys.Retire();
        Execute(damage);
        Assert.Throws<StoreDamagedException>(() => _store.Keys.ReadOrCreate());
        Assert.Throws<StoreDamagedException>(() => _store.Keys.Rotate());
    }

    [Fact]
    public async Task Damaged_keys_are_not_replaced_by_new_ones()
    {
        await StoreContent.WriteAsync(_store);
        Execute("UPDATE session_id_keys SET version = version + 1");
        Assert.Throws<StoreDamagedException>(() => _store.Keys.ReadOrCreate());
        Assert.Throws<StoreDamagedException>(() => _store.Keys.Rotate());
    }

    [Theory]
    [InlineData("record_heads")]
    [InlineData("record_rules")]
    [InlineData("records")]
    public async Task A_stale_page_brings_no_revoked_grant_and_no_former_record_back(string table)
    {
        await StoreContent.WriteAsync(_store);
        Execute($"CREATE TABLE stale AS SELECT * FROM {table}");
        var log = _store.Records.Open(StoreContent.Space);
        await log.LoadAsync(default);
        await StoreContent.AppendAsync(log, 3, "k", grants: []);
        Assert.Empty((await _store.Records.Open(StoreContent.Space).LoadAsync(default))!.Grants);
        Execute($"DELETE FROM {table}", $"INSERT INTO {table} SELECT * FROM stale");
        await Assert.ThrowsAsync<StoreDamagedException>(async () => await _store.Records.Open(StoreContent.Space).LoadAsync(default));
    }

    [Fact]
    public async Task A_stale_head_under_a_revocation_that_wrote_no_record_is_damage()
    {
        await StoreContent.WriteAsync(_store);
        Execute("CREATE TABLE stale AS SELECT * FROM record_heads");
        var log = _store.Records.Open(StoreContent.Space);
        await log.LoadAsync(default);
        await log.AppendAsync(
            [new(3, Guid.NewGuid(), new RecordAuthor("acme", "alice", "alice", "s"), DateTimeOffset.UnixEpoch) { Grants = [] }], []);
        Execute("DELETE FROM record_heads", "INSERT INTO record_heads SELECT * FROM stale");
        await Assert.ThrowsAsync<StoreDamagedException>(async () => await _store.Records.Open(StoreContent.Space).LoadAsync(default));
    }

    [Theory]
    [InlineData("DELETE FROM record_heads")]
    [InlineData("DELETE FROM record_rules")]
    [InlineData("DELETE FROM records WHERE key = 'k'")]
    public async Task A_row_of_a_namespace_that_is_missing_is_damage_and_not_an_empty_namespace(string loss)
    {
        await StoreContent.WriteAsync(_store);
        Execute(loss);
        await Assert.ThrowsAsync<StoreDamagedException>(async () => await _store.Records.Open(StoreContent.Space).LoadAsync(default));
    }

    [Theory]
    [InlineData("ledgers")]
    [InlineData("ledger_versions")]
    public async Task A_stale_page_or_a_lost_row_refills_no_ledger(string table)
    {
        await StoreContent.WriteAsync(_store);
        Execute($"CREATE TABLE stale AS SELECT * FROM {table}");
        var ledger = _store.Ledgers.Open("acme");
        await ledger.LoadAsync(default);
        await ledger.SaveAsync(new Quotas.LedgerRecord { Window = 3 }, default);
        Execute($"DELETE FROM {table}", $"INSERT INTO {table} SELECT * FROM stale");
        await Assert.ThrowsAsync<StoreDamagedException>(async () => await _store.Ledgers.Open("acme").LoadAsync(default));
        Execute($"DELETE FROM {table}");
        await Assert.ThrowsAsync<StoreDamagedException>(async () => await _store.Ledgers.Open("acme").LoadAsync(default));
    }

    [Theory]
    [InlineData("DELETE FROM audit_heads", "missing")]
    [InlineData("UPDATE audit_heads SET sequence = 7", "missing")]
    [InlineData("DELETE FROM audit WHERE sequence = 2", "the stored head was entry 2, the last entry 1")]
    public async Task An_audit_that_is_damaged_goes_on_and_says_so(string damage, string says)
    {
        await StoreContent.WriteAsync(_store);
        Execute(damage);
        for (var process = 0; process < 2; process++)
        {
            var audit = _store.OpenAudit();
            audit.Append(StoreContent.Entry("later"));
            await ((IAsyncDisposable)audit).DisposeAsync();
        }

        var lines = Query("SELECT CAST(line AS TEXT) FROM audit WHERE chain = 'acme' ORDER BY sequence");
        Assert.Contains(says, Assert.Single(lines, line => line.Contains("audit_damaged", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Equal(2, lines.Count(line => line.Contains("later", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_file_that_is_damaged_while_the_server_runs_stops_all_writes_and_is_reported()
    {
        await StoreContent.WriteAsync(_store);
        var lost = await Assert.ThrowsAsync<StoreDamagedException>(() => _store.Database.Writer.RunAsync<int>(
            1, static _ => throw new SqliteException("database disk image is malformed", 11)));
        Assert.True(lost.IsWhole);
        await Eventually.Holds(() => _store.Damage is not null, "the damage was reported");
        Assert.Same(lost, _store.Damage);
        await Assert.ThrowsAsync<StoreDamagedException>(() => _store.Database.Writer.RunAsync(1, static _ => true));
    }

    private void Check() => _store.Database.Readers.Run(static connection =>
    {
        RowChecks.CheckAll(connection);
        return true;
    });

    private List<string> Query(string sql) => _store.Database.Readers.Run(connection =>
    {
        var texts = new List<string>();
        var row = connection.Prepare(sql);
        while (row.Step())
        {
            texts.Add(row.Text(0));
        }

        return texts;
    });

    private void Execute(params string[] statements)
    {
        using var connection = new SqliteConnection($"Data Source={_store.File};Pooling=False");
        connection.Open();
        foreach (var sql in statements)
        {
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }
}
