using Azure.Data.Tables;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Storage.AzureTables.Records;

/// <summary>Namespaces of records in a table: a partition a namespace, a row a record, and a row that says what the namespace is.</summary>
internal sealed class TableRecordStore(TableServiceClient tables) : IRecordStore
{
    private readonly TableClient _table = tables.GetTableClient(TableNames.Records);

    public IRecordLog Open(RecordSpaceKey key) => new TableRecordLog(key, _table);
}
