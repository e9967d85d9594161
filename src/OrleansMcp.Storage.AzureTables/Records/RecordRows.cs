using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Azure.Data.Tables;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Storage.AzureTables.Records;

/// <summary>Records as rows. Every row says whose it is, once more than by its partition.</summary>
internal static class RecordRows
{
    /// <summary>The row of the namespace itself: sorts before those of records.</summary>
    public const string Head = "head";

    public static string Partition(RecordSpaceKey key) => TableKey.Of(key.Value);

    /// <summary>A record's key may be longer than the key of a row, and made of characters that one may not have.</summary>
    public static string RowOf(string key) => "r" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    public static TableEntity Write(RecordSpaceKey space, Record record) => new(Partition(space), RowOf(record.Key))
    {
        ["Tenant"] = space.Tenant, ["Owner"] = space.Owner, ["Namespace"] = space.Name,
        ["Key"] = record.Key, ["Value"] = Encoding.UTF8.GetBytes(record.Value.GetRawText()), ["Version"] = record.Version,
        ["CreatedBy"] = record.CreatedBy, ["CreatedAt"] = record.CreatedAt, ["LastModifiedBy"] = record.LastModifiedBy,
        ["ModifiedAt"] = record.ModifiedAt, ["Transaction"] = record.Transaction, ["Session"] = record.Session,
    };

    /// <exception cref="RecordLogForeignException">The row is that of another namespace.</exception>
    /// <exception cref="InvalidDataException">The row is damaged.</exception>
    public static Record Read(RecordSpaceKey space, TableEntity row)
    {
        if (row.GetString("Tenant") != space.Tenant || row.GetString("Owner") != space.Owner || row.GetString("Namespace") != space.Name
            || row.GetString("Key") is not { } key || RowOf(key) != row.RowKey)
        {
            throw new RecordLogForeignException("A record that is stored in this namespace belongs to another one.");
        }

        try
        {
            using var value = JsonDocument.Parse(row.GetBinary("Value"));
            return new Record
            {
                Key = key, Value = value.RootElement.Clone(), Version = row.GetInt64("Version")!.Value,
                CreatedBy = row.GetString("CreatedBy"), CreatedAt = row.GetDateTimeOffset("CreatedAt")!.Value,
                LastModifiedBy = row.GetString("LastModifiedBy"), ModifiedAt = row.GetDateTimeOffset("ModifiedAt")!.Value,
                Transaction = row.GetGuid("Transaction")!.Value, Session = row.GetString("Session"),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentNullException)
        {
            throw new InvalidDataException($"The row {row.RowKey} is no record.", e);
        }
    }

    public static TableEntity WriteHead(RecordSpaceKey space, long version, long epoch, IReadOnlyList<RecordGrant> grants, IReadOnlyList<KnownTransaction> recent) =>
        new(Partition(space), Head)
        {
            ["Tenant"] = space.Tenant, ["Owner"] = space.Owner, ["Namespace"] = space.Name, ["Version"] = version, ["Epoch"] = epoch,
            ["Grants"] = RecordFormat.Write(grants), ["Recent"] = KnownTransactionFormat.Write(recent),
        };

    public static IReadOnlyList<RecordGrant> GrantsOf(TableEntity head) => RecordFormat.ReadGrants(head.GetBinary("Grants"));

    public static IReadOnlyList<KnownTransaction> RecentOf(TableEntity head) => KnownTransactionFormat.Read(head.GetBinary("Recent") ?? []);
}
