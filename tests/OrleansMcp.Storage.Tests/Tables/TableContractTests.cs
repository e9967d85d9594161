using OrleansMcp.Storage.Tests.Contracts;

namespace OrleansMcp.Storage.Tests.Tables;

/// <summary>One emulator and one silo for all of them.</summary>
[CollectionDefinition(Name)]
public sealed class TableCollection : ICollectionFixture<TableStore>
{
    public const string Name = "tables";
}

[Collection(TableCollection.Name)]
public sealed class TableSessionTests(TableStore store) : SessionContract(store);

[Collection(TableCollection.Name)]
public sealed class TableLedgerTests(TableStore store) : LedgerContract(store);

[Collection(TableCollection.Name)]
public sealed class TableRecordTests(TableStore store) : RecordContract(store);

[Collection(TableCollection.Name)]
public sealed class TableAuditTests(TableStore store) : AuditContract(store);
