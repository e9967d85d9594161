using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Records;

/// <summary>A record as a row.</summary>
/// <param name="Record">The record.</param>
/// <param name="Content">As stored.</param>
/// <param name="Sum">The row's checksum.</param>
internal sealed record RecordRow(Record Record, byte[] Content, byte[] Sum)
{
    private const string Table = "records";

    /// <summary>The row of a record that is to be written.</summary>
    public static RecordRow Of(string space, Record record)
    {
        var content = RecordFormat.Write(record);
        return new RecordRow(record, content, Checksum(space, record.Key, record.Version, content).ToBytes());
    }

    /// <summary>All records of a namespace.</summary>
    /// <exception cref="StoreDamagedException">One of them is damaged or younger than the head, or they are not those it was written with.</exception>
    public static List<RecordRow> ReadAll(StoreConnection connection, string space, RecordHead head)
    {
        var (records, digest) = (new List<RecordRow>(), RowDigest.None);
        var row = connection.Prepare("SELECT key, version, content, sum FROM records WHERE namespace = ?").Bind(space);
        while (row.Step())
        {
            var read = Read(space, row.Text(0), row.Number(1), row.Bytes(2).ToArray(), row.Bytes(3).ToArray());
            if (read.Record.Version > head.Version)
            {
                throw Damaged(space, read.Record.Key, "it is younger than the head of its namespace, which is an old one");
            }

            RowDigest.Toggle(digest, read.Sum);
            records.Add(read);
        }

        return digest.AsSpan().SequenceEqual(head.Digest)
            ? records
            : throw StoreDamagedException.OfRow("record_heads", space, "the records are not those that it was written with");
    }

    public void Put(StoreConnection connection, string space) => connection.Prepare("""
        INSERT INTO records (namespace, key, version, content, sum) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (namespace, key) DO UPDATE SET version = excluded.version, content = excluded.content, sum = excluded.sum
        """).Bind(space).Bind(Record.Key).Bind(Record.Version).Bind(Content).Bind(Sum).Run();

    public static void Delete(StoreConnection connection, string space, string key) =>
        connection.Prepare("DELETE FROM records WHERE namespace = ? AND key = ?").Bind(space).Bind(key).Run();

    private static RecordRow Read(string space, string key, long version, byte[] content, byte[] sum)
    {
        if (!Checksum(space, key, version, content).Is(sum))
        {
            throw Damaged(space, key, "its checksum does not fit");
        }

        try
        {
            var record = RecordFormat.ReadRecord(content);
            return record.Key == key && record.Version == version
                ? new RecordRow(record, content, sum)
                : throw Damaged(space, key, "it holds another record");
        }
        catch (InvalidDataException e)
        {
            throw Damaged(space, key, "it holds no record", e);
        }
    }

    private static StoreDamagedException Damaged(string space, string key, string problem, Exception? inner = null) =>
        StoreDamagedException.OfRow(Table, $"{space} {key}", problem, inner);

    private static RowChecksum Checksum(string space, string key, long version, ReadOnlySpan<byte> content) =>
        RowChecksum.Of(Table).Add(space).Add(key).Add(version).Add(content);
}
