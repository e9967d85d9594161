using OrleansMcp.Storage.Tests.Contracts;

namespace OrleansMcp.Storage.Tests.Sqlite;

public sealed class SqliteSessionTests(SqliteStore store) : SessionContract(store), IClassFixture<SqliteStore>;

public sealed class SqliteLedgerTests(SqliteStore store) : LedgerContract(store), IClassFixture<SqliteStore>;

public sealed class SqliteRecordTests(SqliteStore store) : RecordContract(store), IClassFixture<SqliteStore>;

public sealed class SqliteAuditTests(SqliteStore store) : AuditContract(store), IClassFixture<SqliteStore>;
