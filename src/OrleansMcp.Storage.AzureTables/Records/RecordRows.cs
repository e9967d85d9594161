using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Storage.AzureTables.Records;

/// <summary>Records as rows. Every row says whose it is, once more than by its partition, and carries a checksum.</summary>
internal static class RecordRows
{
    /// <summary>The row of the namespace itself: sorts before those of records.</summary>
    public const string Head = "head";

    private const string Sum = "Sum";
    private const string Foreign = "belongs to another one. Bring it back from a copy of the table, or delete it.";

    public static string Partition(RecordSpaceKey key) => TableKey.Of(key.Value);

    /// <summary>A record's key may be longer than the key of a row, and made of characters that one may not have.</summary>
    public static string RowOf(string key) => "r" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>The row of a record, and its checksum.</summary>
    public static (TableEntity Row, byte[] Sum) Write(RecordSpaceKey space, Record record)
    {
        var value = Encoding.UTF8.GetBytes(record.Value.GetRawText());
        var sum = Checksum(space, record, value).ToBytes();
        return (new TableEntity(Partition(space), RowOf(record.Key))
        {
            ["Tenant"] = space.Tenant, ["Owner"] = space.Owner, ["Namespace"] = space.Name,
            ["Key"] = record.Key, ["Value"] = value, ["Version"] = record.Version,
            ["CreatedBy"] = record.CreatedBy, ["CreatedAt"] = record.CreatedAt, ["LastModifiedBy"] = record.LastModifiedBy,
            ["ModifiedAt"] = record.ModifiedAt, ["Transaction"] = record.Transaction, ["Session"] = record.Session, [Sum] = sum,
        }, sum);
    }

    /// <exception cref="RecordLogForeignException">The row is that of another namespace.</exception>
    /// <exception cref="StoreDamagedException">The row is damaged.</exception>
    public static (Record Record, byte[] Sum) Read(RecordSpaceKey space, TableEntity row)
    {
        if (!IsOf(space, row) || Text(row, "Key") is not { } key || RowOf(key) != row.RowKey)
        {
            throw new RecordLogForeignException($"The record '{row.RowKey}' that is stored in the partition '{row.PartitionKey}' of the table '{TableNames.Records}' {Foreign}");
        }

        try
        {
            var (bytes, sum) = (row.GetBinary("Value"), row.GetBinary(Sum));
            using var value = JsonDocument.Parse(bytes);
            var record = new Record
            {
                Key = key, Value = value.RootElement.Clone(), Version = row.GetInt64("Version")!.Value,
                CreatedBy = row.GetString("CreatedBy"), CreatedAt = row.GetDateTimeOffset("CreatedAt")!.Value,
                LastModifiedBy = row.GetString("LastModifiedBy"), ModifiedAt = row.GetDateTimeOffset("ModifiedAt")!.Value,
                Transaction = row.GetGuid("Transaction")!.Value, Session = row.GetString("Session"),
            };
            return Checksum(space, record, bytes).Is(sum) ? (record, sum) : throw new InvalidDataException("Its checksum does not fit.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentNullException or InvalidDataException)
        {
            throw Damaged(space, row.RowKey, "it is not the record that was written", e);
        }
    }

    public static TableEntity Write(RecordSpaceKey space, TableHead head)
    {
        var (rules, recent) = (RecordFormat.Write(head.Rules), KnownTransactionFormat.Write(head.Recent));
        return new TableEntity(Partition(space), Head)
        {
            ["Tenant"] = space.Tenant, ["Owner"] = space.Owner, ["Namespace"] = space.Name, ["Version"] = head.Version, ["Epoch"] = head.Epoch,
            ["Rules"] = rules, ["Recent"] = recent, ["Digest"] = head.Digest, [Sum] = Checksum(space, head, rules, recent).ToBytes(),
        };
    }

    /// <exception cref="RecordLogForeignException">The row is that of another namespace.</exception>
    /// <exception cref="StoreDamagedException">The row is damaged.</exception>
    public static TableHead ReadHead(RecordSpaceKey space, TableEntity row)
    {
        if (!IsOf(space, row))
        {
            throw new RecordLogForeignException($"The head of the partition '{row.PartitionKey}' of the table '{TableNames.Records}' {Foreign}");
        }

        try
        {
            var (rules, recent) = (row.GetBinary("Rules"), row.GetBinary("Recent"));
            var head = new TableHead(
                row.GetInt64("Version")!.Value, row.GetInt64("Epoch")!.Value, RecordFormat.ReadRules(rules), KnownTransactionFormat.Read(recent), row.GetBinary("Digest"));
            return Checksum(space, head, rules, recent).Is(row.GetBinary(Sum)) ? head : throw new InvalidDataException("Its checksum does not fit.");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or InvalidDataException)
        {
            throw Damaged(space, Head, "it is not the head that was written", e);
        }
    }

    public static StoreDamagedException Damaged(RecordSpaceKey space, string row, string problem, Exception? inner = null) => StoreDamagedException.OfTableRow(
        TableNames.Records, $"{Partition(space)} {row}", problem, "must be done with all rows of its partition and empties the namespace", inner);

    private static bool IsOf(RecordSpaceKey space, TableEntity row) =>
        Text(row, "Tenant") == space.Tenant && Text(row, "Owner") == space.Owner && Text(row, "Namespace") == space.Name;

    private static string? Text(TableEntity row, string column) => row.TryGetValue(column, out var value) ? value as string : null;

    private static RowChecksum Checksum(RecordSpaceKey space, Record record, ReadOnlySpan<byte> value) =>
        RowChecksum.Of(TableNames.Records).Add(space.Value).Add(record.Key).Add(record.Version).Add(value)
            .Add(record.CreatedBy).Add(record.CreatedAt.UtcTicks).Add(record.LastModifiedBy).Add(record.ModifiedAt.UtcTicks)
            .Add(record.Transaction.ToByteArray()).Add(record.Session);

    private static RowChecksum Checksum(RecordSpaceKey space, TableHead head, ReadOnlySpan<byte> rules, ReadOnlySpan<byte> recent) =>
        RowChecksum.Of(Head).Add(space.Value).Add(head.Version).Add(head.Epoch).Add(rules).Add(recent).Add(head.Digest);
}

/// <summary>What the head of a namespace says.</summary>
/// <param name="Version">The number of the last transaction.</param>
/// <param name="Epoch">Raised by every activation that loads the namespace.</param>
/// <param name="Rules">What other clients may do, and what records satisfy.</param>
/// <param name="Recent">Transactions of the last minute.</param>
/// <param name="Digest">Of all records there are (<see cref="RowDigest"/>).</param>
internal sealed record TableHead(long Version, long Epoch, RecordRules Rules, IReadOnlyList<KnownTransaction> Recent, byte[] Digest);
