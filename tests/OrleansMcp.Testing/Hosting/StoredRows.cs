using System.Text;
using Microsoft.Data.Sqlite;

namespace OrleansMcp.Tests.Hosting;

/// <summary>What a data folder holds, read past the server.</summary>
internal static class StoredRows
{
    private static readonly string[] s_tables = ["sessions", "ledgers", "record_heads", "record_rules", "records"];

    public static string FileOf(string dataFolder) => Directory.EnumerateFiles(dataFolder, "*.db").Single();

    /// <summary>The rows by table and key, each with all that it holds as text.</summary>
    public static IReadOnlyDictionary<string, string> Read(string dataFolder)
    {
        var rows = new Dictionary<string, string>(StringComparer.Ordinal);
        using var connection = Open(dataFolder, SqliteOpenMode.ReadOnly);
        foreach (var table in s_tables)
        {
            using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names are those above.
            command.CommandText = $"SELECT * FROM {table}";
#pragma warning restore CA2100
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                var name = table == "records" ? $"{reader.GetString(0)} {reader.GetString(1)}" : reader.GetString(0);
                rows[$"{table} {name}"] = string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(column => Text(reader.GetValue(column))));
            }
        }

        return rows;
    }

    /// <summary>How many rows of sessions are there, or of those only that a condition picks; also while the server runs.</summary>
    public static long CountSessions(string dataFolder, string condition = "1")
    {
        using var connection = Open(dataFolder, SqliteOpenMode.ReadOnly);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Tests write the conditions.
        command.CommandText = $"SELECT count(*) FROM sessions WHERE {condition}";
#pragma warning restore CA2100
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>The lines of the audit, every chain in its order.</summary>
    public static string Audit(string dataFolder)
    {
        using var connection = Open(dataFolder, SqliteOpenMode.ReadOnly);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT line FROM audit ORDER BY chain, sequence";
        using var reader = command.ExecuteReader();
        var lines = new StringBuilder();
        while (reader.Read())
        {
            lines.Append(Text(reader.GetValue(0))).Append('\n');
        }

        return lines.ToString();
    }

    /// <summary>Changes rows behind the server's back.</summary>
    public static int Change(string dataFolder, string statement)
    {
        using var connection = Open(dataFolder, SqliteOpenMode.ReadWrite);
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Tests write the statements.
        command.CommandText = statement;
#pragma warning restore CA2100
        return command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(string dataFolder, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = FileOf(dataFolder), Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private static string Text(object value) => value is byte[] bytes ? Encoding.Latin1.GetString(bytes) : $"{value}";
}
