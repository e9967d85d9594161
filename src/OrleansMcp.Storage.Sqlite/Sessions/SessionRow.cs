using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Storage.Sqlite.Database;
using OrleansMcp.Tenants;

namespace OrleansMcp.Storage.Sqlite.Sessions;

/// <summary>
/// The row of one session. It has two checksums: one over what a listing shows, so that a listing need not read the records, and one over
/// all of it. The index is by tenant and by the minute in which the session is due, so that a write within that minute leaves it alone.
/// </summary>
/// <param name="Key">The grain's key.</param>
/// <param name="Version">Counted by the writes; the ETag. It begins at random, so that the ETag of a row that is gone fits no later one.</param>
/// <param name="State">What the grain storage was given.</param>
internal sealed record SessionRow(string Key, long Version, StoredSession State)
{
    private const string Table = "sessions";
    private const string WhatFits = "its checksum does not fit";

    /// <summary>What a unit that writes it holds, bytes.</summary>
    public long Bytes => State.Record.Length + 512;

    private long DueTicks => State.DueAt.UtcTicks;

    private long DueMinute => DueTicks / TimeSpan.TicksPerMinute;

    /// <summary>Null when there is none.</summary>
    /// <exception cref="StoreDamagedException">The row is damaged.</exception>
    public static SessionRow? Read(StoreConnection connection, string key)
    {
        var row = connection.Prepare("SELECT tenant, client, due_at, state_bytes, version, epoch, asleep, record, sum FROM sessions WHERE key = ?").Bind(key);
        return row.Step() ? Of(key, row, 0) : null;
    }

    /// <summary>All rows. A row is valid when it is yielded.</summary>
    /// <exception cref="StoreDamagedException">One of them is damaged.</exception>
    public static IEnumerable<SessionRow> ReadAll(StoreConnection connection)
    {
        var row = connection.Prepare(
            "SELECT key, tenant, client, due_at, state_bytes, version, epoch, asleep, record, sum, listing, due_minute FROM sessions NOT INDEXED ORDER BY rowid");
        while (row.Step())
        {
            var read = Of(row.Text(0), row, 1);
            if (!read.Listing().Is(row.Bytes(10)) || read.DueMinute != row.Number(11))
            {
                throw Damaged(read.Key);
            }

            yield return read;
        }
    }

    /// <summary>What the registry shows of a tenant's sessions.</summary>
    /// <exception cref="StoreDamagedException">One of the rows is damaged, missing, or older than it was.</exception>
    public static List<RegisteredSession> List(StoreConnection connection, string tenant)
    {
        var (sessions, digest) = (new List<RegisteredSession>(), RowDigest.None);
        var row = connection.Prepare("SELECT key, client, due_at, state_bytes, version, listing FROM sessions WHERE tenant = ? ORDER BY due_minute").Bind(tenant);
        while (row.Step())
        {
            var (key, client, due, bytes) = (row.Text(0), row.Text(1), row.Number(2), row.Number(3));
            if (!Listing(key, tenant, client, due, bytes, row.Number(4)).Is(row.Bytes(5)))
            {
                throw Damaged(key);
            }

            RowDigest.Toggle(digest, row.Bytes(5));
            sessions.Add(new RegisteredSession(client, new SessionKey(key), Time(key, due), bytes));
        }

        return digest.AsSpan().SequenceEqual(RowDigests.Read(connection, tenant))
            ? sessions
            : throw StoreDamagedException.OfRow("session_digests", tenant, "the tenant's sessions are not those that were written last");
    }

    /// <summary>Inserts the row; false when there is one already.</summary>
    public bool TryInsert(StoreConnection connection)
    {
        var listing = Listing().ToBytes();
        var isInserted = BindAll(connection.Prepare("""
            INSERT INTO sessions (version, due_at, state_bytes, epoch, asleep, record, listing, sum, due_minute, key, tenant, client)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING
            """), listing).Bind(DueMinute).Bind(Key).Bind(State.Tenant).Bind(State.Client).Run() == 1;
        if (isInserted)
        {
            connection.Digests.Toggle(State.Tenant, listing);
        }

        return isInserted;
    }

    /// <summary>Replaces the row of the version before; false when that one is not there. Tenant and client never change.</summary>
    public bool TryReplace(StoreConnection connection)
    {
        const string Set = "UPDATE sessions SET version = ?, due_at = ?, state_bytes = ?, epoch = ?, asleep = ?, record = ?, listing = ?, sum = ?";
        const string Where = " WHERE key = ? AND version = ? AND tenant = ? AND client = ?";
        var (former, listing) = (Find(connection, Key, Version - 1), Listing().ToBytes());
        var isReplaced = BindFormer(BindAll(connection.Prepare(Set + Where + " AND due_minute = ?"), listing)).Bind(DueMinute).Run() == 1
            || BindFormer(BindAll(connection.Prepare(Set + ", due_minute = ?" + Where), listing).Bind(DueMinute)).Run() == 1;
        if (isReplaced)
        {
            connection.Digests.Toggle(State.Tenant, former!.Value.Listing);
            connection.Digests.Toggle(State.Tenant, listing);
        }

        return isReplaced;
    }

    /// <summary>Deletes a row of that version; false when it is not there.</summary>
    public static bool TryDelete(StoreConnection connection, string key, long version)
    {
        if (Find(connection, key, version) is not { } former)
        {
            return false;
        }

        connection.Prepare("DELETE FROM sessions WHERE key = ? AND version = ?").Bind(key).Bind(version).Run();
        connection.Digests.Toggle(former.Tenant, former.Listing);
        return true;
    }

    public static bool Exists(StoreConnection connection, string key) => connection.Prepare("SELECT 1 FROM sessions WHERE key = ?").Bind(key).Step();

    /// <summary>What the row that is about to be replaced or deleted is in its tenant's digest with; null when it is not there.</summary>
    private static (string Tenant, byte[] Listing)? Find(StoreConnection connection, string key, long version)
    {
        var row = connection.Prepare("SELECT tenant, listing FROM sessions WHERE key = ? AND version = ?").Bind(key).Bind(version);
        return row.Step() ? (row.Text(0), row.Bytes(1).ToArray()) : null;
    }

    private static SessionRow Of(string key, Statement row, int at)
    {
        var read = new SessionRow(key, row.Number(at + 4), new StoredSession
        {
            Tenant = row.Text(at), Client = row.Text(at + 1), DueAt = Time(key, row.Number(at + 2)), StateBytes = row.Number(at + 3),
            Epoch = row.Number(at + 5), IsAsleep = row.Number(at + 6) != 0, Record = row.Bytes(at + 7).ToArray(),
        });
        return read.Whole().Is(row.Bytes(at + 8)) ? read : throw Damaged(key);
    }

    private static RowChecksum Listing(string key, string tenant, string client, long due, long bytes, long version) =>
        RowChecksum.Of("sessions listing").Add(key).Add(version).Add(tenant).Add(client).Add(due).Add(bytes);

    private static DateTimeOffset Time(string key, long ticks) =>
        ticks >= DateTimeOffset.MinValue.Ticks && ticks <= DateTimeOffset.MaxValue.Ticks ? new(ticks, TimeSpan.Zero) : throw Damaged(key);

    /// <summary>By the session's name, which gives away nothing of its id.</summary>
    private static StoreDamagedException Damaged(string key) => StoreDamagedException.OfRow(Table, new SessionKey(key).Name, WhatFits);

    private RowChecksum Listing() => Listing(Key, State.Tenant, State.Client, DueTicks, State.StateBytes, Version);

    private RowChecksum Whole() => RowChecksum.Of(Table).Add(Key).Add(Version).Add(State.Tenant).Add(State.Client).Add(DueTicks).Add(State.StateBytes)
        .Add(State.Epoch).Add(State.IsAsleep ? 1 : 0).Add(State.Record);

    private Statement BindAll(Statement statement, byte[] listing) => statement.Bind(Version).Bind(DueTicks).Bind(State.StateBytes).Bind(State.Epoch)
        .Bind(State.IsAsleep ? 1 : 0).Bind(State.Record).Bind(listing).Bind(Whole().ToBytes());

    private Statement BindFormer(Statement statement) => statement.Bind(Key).Bind(Version - 1).Bind(State.Tenant).Bind(State.Client);
}
