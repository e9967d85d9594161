using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace OrleansMcp.Benchmarks.Bare;

/// <summary>
/// The limit of what a SQLite store can do: one thread that updates rows and commits all that waits as one group, and nothing else. No
/// checksums, no versions, no savepoints.
/// </summary>
internal sealed class GroupedCommits : IDisposable
{
    private readonly BlockingCollection<(long Key, byte[] Value, TaskCompletionSource Done)> _waiting = [];
    private readonly SqliteConnection _connection;
    private readonly Thread _writer;

    public GroupedCommits(string file, int rows)
    {
        _connection = new SqliteConnection($"Data Source={file};Pooling=False");
        _connection.Open();
        Run("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE rows (key INTEGER PRIMARY KEY, value BLOB)");
        for (var key = 0; key < rows; key++)
        {
            Run($"INSERT INTO rows VALUES ({key}, x'00')");
        }

        _writer = new Thread(Write);
        _writer.Start();
    }

    public Task WriteAsync(long key, byte[] value)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiting.Add((key, value, done));
        return done.Task;
    }

    public void Dispose()
    {
        _waiting.CompleteAdding();
        _writer.Join();
        _waiting.Dispose();
        _connection.Dispose();
    }

    private void Write()
    {
        using var update = _connection.CreateCommand();
        update.CommandText = "UPDATE rows SET value = $value WHERE key = $key";
        var (value, key) = (update.Parameters.Add("$value", SqliteType.Blob), update.Parameters.Add("$key", SqliteType.Integer));
        update.Prepare();
        using var begin = Command("BEGIN IMMEDIATE");
        using var commit = Command("COMMIT");
        var group = new List<TaskCompletionSource>();
        foreach (var first in _waiting.GetConsumingEnumerable())
        {
            begin.ExecuteNonQuery();
            for (var next = first; ;)
            {
                (value.Value, key.Value) = (next.Value, next.Key);
                update.ExecuteNonQuery();
                group.Add(next.Done);
                if (!_waiting.TryTake(out next))
                {
                    break;
                }
            }

            commit.ExecuteNonQuery();
            group.ForEach(static done => done.SetResult());
            group.Clear();
        }
    }

    private SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.Prepare();
        return command;
    }

    private void Run(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }
}
