using System.Text.Json;
using Orleans;
using Orleans.Runtime;
using OrleansMcp.Auditing;
using OrleansMcp.Quotas;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>A little of everything in a store, and what is read of it.</summary>
internal static class StoreContent
{
    public static readonly RecordSpaceKey Space = RecordSpaceKey.Parse("acme/alice/orders");

    public static readonly GrainId Session = GrainId.Create("session", "s-1");

    private static readonly DateTimeOffset s_at = new(2026, 7, 28, 12, 0, 0, TimeSpan.Zero);

    public static async Task WriteAsync(SqliteStore store)
    {
        await OpenAsync(store, Session, "acme", record: new byte[3000]);
        await OpenAsync(store, GrainId.Create("session", "s-2"), "globex", record: [1, 2, 3]);
        var ledger = store.Ledgers.Open("acme");
        await ledger.SaveAsync(new LedgerRecord { Window = 1, Tenant = [1] }, default);
        await ledger.SaveAsync(new LedgerRecord { Window = 2, Tenant = [9] }, default);
        var log = store.Records.Open(Space);
        await log.LoadAsync(default);
        await AppendAsync(log, 1, "k", [new RecordGrant("bob", RecordAccess.Write)]);
        await AppendAsync(log, 2, "l", grants: null);
        _ = store.Keys.ReadOrCreate();
        var audit = store.OpenAudit();
        audit.Append(Entry("1"));
        audit.Append(Entry("2"));
        await ((IAsyncDisposable)audit).DisposeAsync();
    }

    public static AuditEntry Entry(string what) => new(s_at, "session_ended", "acme", "alice", null, null, null, null, what);

    public static async Task<GrainState<StoredSession>> OpenAsync(SqliteStore store, GrainId grain, string tenant, byte[] record)
    {
        var state = new GrainState<StoredSession>
        {
            State = new StoredSession { Tenant = tenant, Client = "alice", DueAt = s_at, StateBytes = 5, Epoch = 3, Record = record },
        };
        await store.Sessions.WriteStateAsync("session", grain, state);
        return state;
    }

    /// <summary>Appends a transaction that puts one record.</summary>
    public static ValueTask AppendAsync(IRecordLog log, long version, string key, IReadOnlyList<RecordGrant>? grants)
    {
        var id = Guid.NewGuid();
        var record = new OrleansMcp.Record
        {
            Key = key, Value = JsonDocument.Parse("{\"v\":1}").RootElement.Clone(), Version = version, Transaction = id,
            CreatedBy = "alice", CreatedAt = s_at, LastModifiedBy = "alice", ModifiedAt = s_at, Session = "s",
        };
        var commit = new RecordCommit(version, id, new RecordAuthor("acme", "alice", "alice", "s"), s_at) { Puts = [record], Grants = grants };
        return log.AppendAsync([commit], [new KnownTransaction(id, version, s_at)]);
    }

    /// <summary>All that grants something or holds something, as text.</summary>
    public static async Task<string> ReadAsync(SqliteStore store)
    {
        var sessions = new List<string>();
        foreach (var tenant in (string[])["acme", "globex"])
        {
            foreach (var listed in await store.Registry.LoadAsync(tenant, default))
            {
                var state = new GrainState<StoredSession>();
                await store.Sessions.ReadStateAsync("session", GrainId.Create("session", listed.Key.Value), state);
                var read = state.State!;
                sessions.Add($"{tenant} {listed} {state.ETag} {read.Tenant} {read.Client} {read.DueAt} {read.StateBytes} {read.Epoch} {Convert.ToHexString(read.Record)}");
            }
        }

        var ledger = await store.Ledgers.Open("acme").LoadAsync(default);
        var image = await store.Records.Open(Space).LoadAsync(default);
        return string.Join('\n', [
            .. sessions, Convert.ToHexString(ledger?.ToBytes() ?? []), JsonSerializer.Serialize(image),
            string.Join(' ', store.Keys.Read().Names),
        ]);
    }
}
