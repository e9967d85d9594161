using System.Globalization;
using Microsoft.Data.Sqlite;

namespace OrleansMcp.Storage.Tests.Damage;

/// <summary>One thing that happens to one row, or to two that change places.</summary>
/// <param name="Name">For a person.</param>
/// <param name="Table">Where.</param>
/// <param name="Owners">What the first key column of the rows holds: tenants, namespaces, chains or sessions.</param>
/// <param name="Apply">Does it.</param>
internal sealed record SqliteRowDamage(string Name, string Table, IReadOnlyList<string> Owners, Action<SqliteConnection> Apply);

/// <summary>
/// Generates damage for every row of every table that a database has: the tables are those of the file, so that one which is added later is
/// damaged too. The database <c>before</c> is attached under that name.
/// </summary>
internal sealed class SqliteRowDamages(SqliteConnection connection, Random random)
{
    private const string Lost = "is lost";

    public static SqliteConnection Open(string file, string before)
    {
        var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        Run(connection, "ATTACH DATABASE $before AS before", ("$before", before));
        return connection;
    }

    /// <param name="most">Rows of a table that are damaged in every way, at most: the first of each kind of owner, the last, and some in between.</param>
    public IEnumerable<SqliteRowDamage> All(int most)
    {
        foreach (var table in Texts("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"))
        {
            var columns = Texts($"SELECT name FROM pragma_table_info('{table}') ORDER BY cid");
            var keys = Texts($"SELECT name FROM pragma_table_info('{table}') WHERE pk > 0 ORDER BY pk");
            foreach (var damage in Of(new Rows(table, columns, keys), most))
            {
                yield return damage;
            }
        }
    }

    private IEnumerable<SqliteRowDamage> Of(Rows rows, int most)
    {
        var all = Identities(rows, "main");
        foreach (var row in Chosen(all, most))
        {
            foreach (var column in rows.Columns)
            {
                foreach (var change in ColumnChanges(rows, row, column))
                {
                    yield return change;
                }
            }

            yield return Make(rows, row, Lost, $"DELETE FROM main.{rows.Table} WHERE {rows.Where}");
            yield return Make(rows, row, "is there again under another key", rows.CopyUnderAnotherKey);
            if (all[random.Next(all.Count)] is var other && !other.SequenceEqual(row))
            {
                yield return Swap(rows, row, other);
            }
        }

        foreach (var row in Chosen(Identities(rows, "before"), most))
        {
            yield return Make(rows, row, "is the one of before", $"INSERT OR REPLACE INTO main.{rows.Table} SELECT * FROM before.{rows.Table} WHERE {rows.Where}");
        }
    }

    private IEnumerable<SqliteRowDamage> ColumnChanges(Rows rows, object[] row, string column)
    {
        var value = Value($"SELECT {column} FROM main.{rows.Table} WHERE {rows.Where}", rows.Bound(row));
        foreach (var (what, changed) in Changes(value))
        {
            yield return new SqliteRowDamage($"{rows.Table} {rows.Show(row)}: {column} {what}", rows.Table, [$"{row[0]}"], open =>
                Run(open, $"UPDATE OR REPLACE main.{rows.Table} SET {column} = $changed WHERE {rows.Where}", [("$changed", changed), .. rows.Bound(row)]));
        }
    }

    private IEnumerable<(string What, object Value)> Changes(object value)
    {
        if (value is long number)
        {
            yield return ("has another bit", number ^ (1L << random.Next(63)));
            yield return ("is another number", number + 1);
            yield return ("is a text", number.ToString(CultureInfo.InvariantCulture) + "x");
            yield break;
        }

        var bytes = value as byte[] ?? System.Text.Encoding.UTF8.GetBytes((string)value);
        if (bytes.Length > 0)
        {
            foreach (var at in (int[])[0, bytes.Length / 2, bytes.Length - 1, random.Next(bytes.Length)])
            {
                var flipped = bytes.ToArray();
                flipped[at] ^= (byte)(1 << random.Next(7));
                yield return ($"has another bit at {at}", Back(value, flipped));
            }

            yield return ("is cut", Back(value, bytes[..(bytes.Length / 2)]));
            yield return ("is cut by one", Back(value, bytes[..^1]));
            yield return ("is empty", Back(value, []));
        }

        yield return ("is longer", Back(value, [.. bytes, (byte)'x']));
    }

    private static object Back(object like, byte[] bytes) => like is string ? System.Text.Encoding.UTF8.GetString(bytes) : bytes;

    /// <summary>All that is not key changes places.</summary>
    private static SqliteRowDamage Swap(Rows rows, object[] one, object[] other)
    {
        var others = rows.Columns.Except(rows.Keys).ToArray();
        var list = string.Join(", ", others);
        var elsewhere = rows.Where.Replace("$k", "$o", StringComparison.Ordinal);
        return new SqliteRowDamage($"{rows.Table} {rows.Show(one)} and {rows.Show(other)} change places", rows.Table, [$"{one[0]}", $"{other[0]}"], open =>
        {
            (string, object)[] bound = [.. rows.Bound(one), .. rows.Bound(other, "$o")];
            Run(open, $"CREATE TEMP TABLE aside AS SELECT {list} FROM main.{rows.Table} WHERE {rows.Where}", rows.Bound(one));
            Run(open, $"UPDATE main.{rows.Table} SET ({list}) = (SELECT {list} FROM main.{rows.Table} WHERE {elsewhere}) WHERE {rows.Where}", bound);
            Run(open, $"UPDATE main.{rows.Table} SET ({list}) = (SELECT {list} FROM aside) WHERE {elsewhere}", rows.Bound(other, "$o"));
            Run(open, "DROP TABLE aside");
        });
    }

    private static SqliteRowDamage Make(Rows rows, object[] row, string what, string sql) =>
        new($"{rows.Table} {rows.Show(row)} {what}", rows.Table, [$"{row[0]}"], open => Run(open, sql, rows.Bound(row)));

    /// <summary>The first row of each owner, and then as many as there is room for.</summary>
    private IEnumerable<object[]> Chosen(List<object[]> rows, int most) =>
        rows.DistinctBy(static row => row[0]).Concat(rows.OrderBy(_ => random.Next())).Distinct().Take(Math.Max(most, rows.DistinctBy(static row => row[0]).Count()));

    private List<object[]> Identities(Rows rows, string database)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names are those of the schema.
        command.CommandText = $"SELECT {string.Join(", ", rows.Keys)} FROM {database}.{rows.Table} ORDER BY {string.Join(", ", rows.Keys)}";
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var found = new List<object[]>();
        while (reader.Read())
        {
            var values = new object[rows.Keys.Count];
            reader.GetValues(values);
            found.Add(values);
        }

        return found;
    }

    private List<string> Texts(string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names are those of the schema.
        command.CommandText = sql;
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var texts = new List<string>();
        while (reader.Read())
        {
            texts.Add(reader.GetString(0));
        }

        return texts;
    }

    private object Value(string sql, (string Name, object Value)[] bound)
    {
        using var command = Command(connection, sql, bound);
        return command.ExecuteScalar()!;
    }

    private static void Run(SqliteConnection open, string sql, params (string Name, object Value)[] bound)
    {
        using var command = Command(open, sql, bound);
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Command(SqliteConnection open, string sql, (string Name, object Value)[] bound)
    {
        var command = open.CreateCommand();
#pragma warning disable CA2100 // The names are those of the schema; values are bound.
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in bound)
        {
            command.Parameters.AddWithValue(name, value);
        }

        return command;
    }

    private sealed record Rows(string Table, IReadOnlyList<string> Columns, IReadOnlyList<string> Keys)
    {
        public string Where => string.Join(" AND ", Keys.Select(static (key, number) => $"{key} = $k{number}"));

        /// <summary>The last column of the key is another; a key column that is a number is one more.</summary>
        public string CopyUnderAnotherKey => $"""
            INSERT INTO main.{Table} ({string.Join(", ", Columns)})
            SELECT {string.Join(", ", Columns.Select(column => column == Keys[^1] ? $"CASE typeof({column}) WHEN 'integer' THEN {column} + 100000 ELSE {column} || 'x' END" : column))}
            FROM main.{Table} WHERE {Where}
            """;

        public (string, object)[] Bound(object[] row, string prefix = "$k") => [.. row.Select((value, number) => ($"{prefix}{number}", value))];

        public string Show(object[] row) => string.Join(' ', row);
    }
}
