using System.Text.Json;
using Orleans;
using Orleans.Runtime;
using OrleansMcp.Auditing;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Quotas;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Storage.Tests.Contracts;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Records;

namespace OrleansMcp.Storage.Tests.Damage;

/// <summary>
/// A tenant with something of every kind in a store, in two steps: what is written first grants and holds more than what is there at the end.
/// Read in parts, each by itself, as the server would before it serves them.
/// </summary>
internal sealed class TenantContent(string tenant)
{
    private static readonly DateTimeOffset s_at = new(2026, 7, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly SessionKey _shrunk = SessionKey.OfSession(tenant, new byte[16]);
    private readonly SessionKey _ended = SessionKey.OfSession(tenant, [1, .. new byte[15]]);
    private readonly SessionKey _kept = SessionKey.OfSession(tenant, [2, .. new byte[15]]);
    private readonly RecordSpaceKey _space = RecordSpaceKey.Parse($"{tenant}/alice/orders");

    public string Tenant => tenant;

    public RecordSpaceKey Space => _space;

    /// <summary>The names of the parts.</summary>
    public static IReadOnlyList<string> Parts { get; } = ["sessions", "ledger", "records", "audit"];

    /// <summary>Sessions with permissions, a ledger with much left, a namespace that bob may write.</summary>
    /// <param name="store">Where.</param>
    /// <param name="filling">Records and entries more than there must be, so that trees have more than one page.</param>
    public async Task BeginAsync(StoreUnderTest store, int filling)
    {
        await SaveAsync(store, _shrunk, version: 1, "tool:echo", "tool:records_put");
        await SaveAsync(store, _ended, version: 1, "tool:echo");
        await SaveAsync(store, _kept, version: 1, "tool:echo");
        await SpendAsync(store, window: 1, spent: 5);
        var log = store.Records.Open(_space);
        await log.LoadAsync(default);
        await AppendAsync(log, 1, commit => commit with
        {
            Puts = [.. Puts(commit, filling), CommitWriter.Record(commit, "changed", "\"before\""), CommitWriter.Record(commit, "deleted", Long), CommitWriter.Record(commit, "kept", "1"), CommitWriter.Record(commit, "long", Long)],
            Grants = [new RecordGrant("bob", RecordAccess.Write)], Schema = new RecordSchemaChange(JsonDocument.Parse("true").RootElement.Clone()),
        });
        await NoteAsync(store, filling + 2);
    }

    /// <summary>One session has fewer permissions and another is over, more is spent, the grant is taken back, records changed.</summary>
    public async Task EndAsync(StoreUnderTest store)
    {
        await SaveAsync(store, _shrunk, version: 2, "tool:echo");
        await RemoveAsync(store, _ended);
        await SpendAsync(store, window: 2, spent: 9);
        var log = store.Records.Open(_space);
        var image = await log.LoadAsync(default);
        await AppendAsync(log, image!.Version + 1, commit => commit with { Puts = [CommitWriter.Record(commit, "changed", "\"after\"")], Deletes = ["deleted"], Grants = [], Schema = new RecordSchemaChange(JsonDocument.Parse("{\"type\":\"string\"}").RootElement.Clone()) });
        await NoteAsync(store, 1);
    }

    /// <summary>What a part holds, as text.</summary>
    /// <exception cref="StoreDamagedException">It is damaged.</exception>
    public Task<string> ReadAsync(StoreUnderTest store, string part) => part switch
    {
        "sessions" => ReadSessionsAsync(store),
        "ledger" => ReadLedgerAsync(store),
        "records" => ReadRecordsAsync(store),
        _ => ReadAuditAsync(store),
    };

    private static string Long => $"\"{new string('l', 9_000)}\"";

    private static GrainId GrainOf(SessionKey key) => GrainId.Create("session", key.Value);

    /// <summary>The list first: a tenant whose list is damaged serves none of its sessions.</summary>
    private async Task<string> ReadSessionsAsync(StoreUnderTest store)
    {
        var listed = await store.Registry.LoadAsync(tenant, default);
        var read = new List<string>(listed.Select(static session => $"{session}").Order(StringComparer.Ordinal));
        foreach (var key in (SessionKey[])[_shrunk, _ended, _kept])
        {
            var claimed = await new GrainSessionStore(store.Sessions, GrainOf(key)).ClaimAsync(key);
            read.Add(claimed is { } found ? Convert.ToHexString(SessionRecordFormat.Write(found.Record)) : "none");
        }

        return string.Join('\n', read);
    }

    /// <summary>A store without back-ups says that a ledger is none; then all open windows count as spent (LedgerLossTests).</summary>
    private async Task<string> ReadLedgerAsync(StoreUnderTest store)
    {
        try
        {
            return Convert.ToHexString((await store.Ledgers.Open(tenant).LoadAsync(default))?.ToBytes() ?? []);
        }
        catch (InvalidDataException e)
        {
            throw StoreDamagedException.OfTableRow("ledgers", tenant, e.Message, "happens by itself");
        }
    }

    private async Task<string> ReadRecordsAsync(StoreUnderTest store)
    {
        var image = await store.Records.Open(_space).LoadAsync(default);
        return JsonSerializer.Serialize(image is null ? null : image with { Records = [.. image.Records.OrderBy(static record => record.Key, StringComparer.Ordinal)] });
    }

    /// <summary>The audit goes on whatever happens to it, and says what does not fit.</summary>
    private async Task<string> ReadAuditAsync(StoreUnderTest store)
    {
        var lines = new List<string>();
        await foreach (var line in store.AuditReader.ExportAsync(tenant, default))
        {
            lines.Add(System.Text.Encoding.UTF8.GetString(line.Span));
        }

        var audit = await store.AuditReader.VerifyAsync(tenant, Array.Empty<int>().ToLookup(_ => "", _ => AuditHead.None), default);
        var findings = audit.Chains.Values.SelectMany(static check => check.Findings).ToList();
        return findings.Count == 0 && audit.Unchained == 0
            ? string.Join('\n', lines.Order(StringComparer.Ordinal))
            : throw StoreDamagedException.OfRow("audit", tenant, findings.Count > 0 ? findings[0].Problem : "an entry is in no chain");
    }

    private async Task SaveAsync(StoreUnderTest store, SessionKey key, long version, params string[] permissions)
    {
        var sessions = new GrainSessionStore(store.Sessions, GrainOf(key)) { DueAt = static _ => s_at };
        await sessions.ClaimAsync(key);
        await sessions.SaveAsync(SessionRecords.Of(key, version) with { Owner = new SessionOwner(tenant, "alice", "alice", null), Permissions = permissions }, default);
        await store.Registry.AddAsync(tenant, new RegisteredSession("alice", key, s_at, 512), default);
    }

    private async Task RemoveAsync(StoreUnderTest store, SessionKey key)
    {
        var sessions = new GrainSessionStore(store.Sessions, GrainOf(key));
        await sessions.ClaimAsync(key);
        await sessions.DeleteAsync(key, default);
        await store.Registry.RemoveAsync(tenant, key, default);
    }

    private async Task SpendAsync(StoreUnderTest store, long window, long spent)
    {
        var ledger = store.Ledgers.Open(tenant);
        await ledger.LoadAsync(default);
        await ledger.SaveAsync(new LedgerRecord { Window = window, Tenant = [spent], Clients = { ["alice"] = [spent] } }, default);
    }

    private async Task NoteAsync(StoreUnderTest store, int entries)
    {
        var audit = store.OpenAudit();
        for (var number = 0; number < entries; number++)
        {
            audit.Append(new AuditEntry(s_at, "session_ended", tenant, "alice", "alice", "s", null, null, $"{number}"));
        }

        await ((IAsyncDisposable)audit).DisposeAsync();
    }

    private static IEnumerable<Record> Puts(RecordCommit commit, int filling) =>
        Enumerable.Range(0, filling).Select(number => CommitWriter.Record(commit, $"filling/{number:d4}", $"\"{new string('f', 100)}\""));

    private ValueTask AppendAsync(IRecordLog log, long version, Func<RecordCommit, RecordCommit> make)
    {
        var commit = make(new RecordCommit(version, new Guid((int)version, 0, 0, new byte[8]), new RecordAuthor(tenant, "alice", "alice", "s"), s_at));
        return log.AppendAsync([commit], [new KnownTransaction(commit.Id, version, s_at)]);
    }
}
