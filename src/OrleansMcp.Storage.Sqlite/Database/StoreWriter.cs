using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>
/// The one writer of a process: a thread that commits what waits as one group. While one group is on its way to the disk, the next one
/// gathers. A unit is acknowledged after its group's commit and not before. One that is refused takes nothing from the others: the group is run
/// again then, each unit with a savepoint of its own. When the commit fails, nothing of the whole group has happened.
/// </summary>
internal sealed class StoreWriter : IDisposable
{
    /// <summary>Units of one commit at most: the first one waits for the last.</summary>
    private const int MostUnits = 4096;

    private readonly string _file;
    private readonly Action<StoreDamagedException> _damaged;
    private readonly WriteQueue _queue;
    private readonly DiskReserve _reserve;
    private readonly Thread _thread;
    private StoreConnection? _connection;
    private volatile StoreDamagedException? _damage;

    /// <param name="file">The database. It is there, and in its format.</param>
    /// <param name="mostBytes">What units that wait may hold together, bytes.</param>
    /// <param name="damaged">Told when the file turns out to be damaged; nothing is written from then on.</param>
    public StoreWriter(string file, long mostBytes, Action<StoreDamagedException> damaged)
    {
        (_file, _damaged, _queue, _reserve) = (file, damaged, new WriteQueue(mostBytes), new DiskReserve(file));
        _connection = StoreConnection.OpenWriter(file);
        _thread = new Thread(Write) { IsBackground = true, Name = "sqlite writer" };
        _thread.Start();
    }

    /// <summary>What waits or is being written, bytes.</summary>
    public long QueuedBytes => _queue.Bytes;

    /// <summary>Makes changes as one unit; completes when they are durable.</summary>
    /// <param name="bytes">What the unit holds until then, bytes.</param>
    /// <param name="work">The changes. Its exception takes them back and is the caller's.</param>
    /// <param name="freesSpace">Whether it frees space, and is done on a full disk too if at all possible.</param>
    /// <exception cref="IOException">Nothing was changed.</exception>
    public async Task<T> RunAsync<T>(long bytes, Func<StoreConnection, T> work, bool freesSpace = false)
    {
        var unit = new WriteUnit<T>(bytes, work) { FreesSpace = freesSpace };
        await _queue.AddAsync(unit);
        return await unit.Task;
    }

    /// <summary>Writes nothing any more, also nothing of what waits: the file is damaged.</summary>
    public void Stop(StoreDamagedException damage)
    {
        _damage = damage;
        _queue.Close(damage);
    }

    /// <summary>Writes what was let in, and ends.</summary>
    public void Dispose()
    {
        _queue.Close(new IOException($"The database '{_file}' is closed."));
        _thread.Join();
        _connection?.Dispose();
        _queue.Dispose();
    }

    private void Write()
    {
        while (_queue.Take() is { } waiting)
        {
            foreach (var group in waiting.Chunk(MostUnits))
            {
                Write(group);
                _queue.Done(group);
            }
        }
    }

    private void Write(WriteUnit[] group)
    {
        var failure = _reserve.TryHold() ? TryCommit(group) : StoreFailures.Full(_file);
        if (failure is null || !StoreFailures.IsFull(failure))
        {
            Answer(group, failure);
            return;
        }

        var ends = group.Where(unit => unit.FreesSpace).ToArray();
        Answer([.. group.Where(unit => !unit.FreesSpace)], failure);
        if (ends.Length > 0)
        {
            _reserve.Release();
            CutJournal();
            Answer(ends, TryCommit(ends));
        }
    }

    /// <summary>Commits the group; what failed, when nothing of it has happened.</summary>
    private IOException? TryCommit(WriteUnit[] group)
    {
        try
        {
            ThrowIfDamaged();
            Commit(_connection ??= StoreConnection.OpenWriter(_file), group);
            return null;
        }
        catch (Exception e)
        {
            var failure = e switch
            {
                SqliteException sqlite => StoreFailures.Translate(sqlite, _file),
                IOException known => known,
                _ => new IOException($"The database '{_file}' failed: {e.Message}", e),
            };
            if (failure is StoreDamagedException { IsWhole: true } damage)
            {
                Stop(damage); // Before anybody hears of it and tries again.
            }

            Recover();
            return failure;
        }
    }

    private void Answer(WriteUnit[] group, IOException? failure)
    {
        foreach (var unit in group)
        {
            if (failure is null)
            {
                unit.Complete();
            }
            else
            {
                unit.Fail(failure);
            }
        }

        if (failure is StoreDamagedException { IsWhole: true } damage)
        {
            _damaged(damage);
        }
    }

    /// <summary>Brings the journal into the database, as far as the disk lets it, and gives its space back.</summary>
    private void CutJournal()
    {
        try
        {
            _connection?.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // It stays as long as it is.
        }
    }

    private void ThrowIfDamaged()
    {
        if (_damage is { } damage)
        {
            throw damage;
        }
    }

    private void Commit(StoreConnection connection, WriteUnit[] group)
    {
        if (!TryRun(connection, group))
        {
            connection.Prepare("BEGIN IMMEDIATE").Run();
            foreach (var unit in group)
            {
                Run(connection, unit);
            }
        }

        connection.EndReads();
        connection.Prepare("COMMIT").Run();
    }

    /// <summary>
    /// Runs all units without savepoints, of which each costs a copy of every page that its unit changes. False when one is refused: then
    /// nothing has happened, and each is run again with a savepoint of its own.
    /// </summary>
    private static bool TryRun(StoreConnection connection, WriteUnit[] group)
    {
        connection.Prepare("BEGIN IMMEDIATE").Run();
        try
        {
            foreach (var unit in group)
            {
                unit.Run(connection);
            }

            return true;
        }
        catch (Exception e) when (IsOfUnit(e) && connection.IsInTransaction)
        {
            connection.EndReads();
            connection.Prepare("ROLLBACK").Run();
            return false;
        }
    }

    private void Run(StoreConnection connection, WriteUnit unit)
    {
        connection.Prepare("SAVEPOINT unit").Run();
        try
        {
            unit.Run(connection);
        }
        catch (Exception e) when (IsOfUnit(e) && connection.IsInTransaction)
        {
            connection.EndReads();
            connection.Prepare("ROLLBACK TO unit").Run();
            unit.Refusal = e is SqliteException sqlite ? StoreFailures.Translate(sqlite, _file) : e;
        }

        connection.Prepare("RELEASE unit").Run();
    }

    /// <summary>A full disk or a damaged page is everybody's; a value that a table does not take is the unit's.</summary>
    private static bool IsOfUnit(Exception failure) =>
        failure is not SqliteException { SqliteErrorCode: not (raw.SQLITE_CONSTRAINT or raw.SQLITE_TOOBIG or raw.SQLITE_MISMATCH) };

    /// <summary>A connection whose transaction cannot be ended is given up: the next group opens another.</summary>
    private void Recover()
    {
        if (_connection?.TryRollback() == false)
        {
            _connection.Dispose();
            _connection = null;
        }
    }
}
