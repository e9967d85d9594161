using System.Buffers.Binary;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>
/// Which commit of which database was acknowledged last. SQLite takes a journal that is torn or missing for one that was never written, and
/// goes on with an older database, in which revoked grants and former counters are in force. So the database counts its commits, and a file
/// beside it holds the number of the last one: a database with a lower number has lost some, one with another identity is another's.
/// </summary>
/// <param name="Identity">Of the database: made at random with it.</param>
/// <param name="Number">How many commits it has.</param>
internal readonly record struct CommitMark(long Identity, long Number)
{
    /// <summary>Bytes of the file: less than a sector, so that it is replaced as a whole.</summary>
    private const int Length = 48;

    private static ReadOnlySpan<byte> Magic => "OrleansMcp mark\n"u8;

    public static string FileOf(string database) => database + ".mark";

    /// <summary>
    /// What the file beside the database says; null when there is none. Read before the database: commits that come meanwhile are only in the
    /// database then.
    /// </summary>
    /// <exception cref="StoreDamagedException">The file is damaged.</exception>
    public static CommitMark? Read(string database)
    {
        try
        {
            using var file = new FileStream(FileOf(database), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            Span<byte> bytes = stackalloc byte[Length + 1];
            return file.ReadAtLeast(bytes, Length + 1, throwOnEndOfStream: false) == Length && Of(bytes[..Length]) is { } mark
                ? mark
                : throw StoreDamagedException.OfFile(FileOf(database), "it does not say which commit was the last one, so whether the database lost some cannot be told");
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>What the database itself says.</summary>
    /// <exception cref="StoreDamagedException">It does not say it.</exception>
    public static CommitMark Of(StoreConnection connection) => new(Present(connection, Meta.Identity), Present(connection, Meta.Commits));

    /// <summary>Counts one more commit, within its transaction.</summary>
    public static CommitMark Next(StoreConnection connection)
    {
        var mark = Of(connection);
        mark = mark with { Number = mark.Number + 1 };
        Meta.Write(connection, Meta.Commits, mark.Number);
        return mark;
    }

    /// <summary>Says in the database that its commits are noted beside it, within the first transaction that will be.</summary>
    public static void Note(StoreConnection connection)
    {
        if (Meta.Read(connection, Meta.Marked) is null)
        {
            Meta.Write(connection, Meta.Marked, 1);
        }
    }

    /// <summary>Forgets that, in a copy: beside it there is no mark until a process opens it.</summary>
    public static void Forget(StoreConnection connection) => Meta.Remove(connection, Meta.Marked);

    /// <summary>Checks that the database is the one that was marked, and has all commits that were acknowledged.</summary>
    /// <param name="marked">What was read beside the database, before it.</param>
    /// <param name="connection">The database.</param>
    /// <param name="database">Its file.</param>
    /// <exception cref="StoreDamagedException">It is another one, or an older one, or that cannot be told because the mark is gone.</exception>
    public static void Check(CommitMark? marked, StoreConnection connection, string database)
    {
        if (marked is { } mark)
        {
            mark.Check(connection, database);
        }
        else if (Meta.Read(connection, Meta.Marked) is not null && Read(database) is null) // It may have come meanwhile, with the first server.
        {
            throw StoreDamagedException.OfFile(FileOf(database), "it is missing, so whether the database lost commits cannot be told");
        }
    }

    private void Check(StoreConnection connection, string database)
    {
        var found = Of(connection);
        if (found.Identity != Identity)
        {
            throw StoreDamagedException.OfFile(database, $"it, or the journal '{Path.GetFileName(database)}-wal' beside it, is that of another data folder");
        }

        if (found.Number < Number)
        {
            throw LostCommits(database);
        }
    }

    public static StoreDamagedException LostCommits(string database) => StoreDamagedException.OfFile(
        database, $"its last commits are missing, because the journal '{Path.GetFileName(database)}-wal' was lost or torn, or the file is an older copy");

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(16), Identity);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(24), Number);
        Checksum().ToBytes().CopyTo(bytes, 32);
        return bytes;
    }

    private static CommitMark? Of(ReadOnlySpan<byte> bytes)
    {
        var mark = new CommitMark(BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadInt64LittleEndian(bytes[24..]));
        return bytes.StartsWith(Magic) && mark.Checksum().Is(bytes[32..]) ? mark : null;
    }

    private static long Present(StoreConnection connection, string name) =>
        Meta.Read(connection, name) ?? throw StoreDamagedException.OfRow(Meta.Table, name, "it is missing");

    private RowChecksum Checksum() => RowChecksum.Of("mark").Add(Identity).Add(Number);
}
