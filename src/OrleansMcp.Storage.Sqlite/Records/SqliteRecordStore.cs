using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Records;

/// <summary>Namespaces of records: a head, grants, and a row a record.</summary>
internal sealed class SqliteRecordStore(StoreDatabase database) : IRecordStore
{
    public IRecordLog Open(RecordSpaceKey key) => new SqliteRecordLog(database, key);
}
