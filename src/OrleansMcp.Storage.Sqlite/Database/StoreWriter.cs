using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>
/// The only writer of a process: a thread that commits the waiting units as one group. While one group is being committed, units for the
/// next one are queued. A unit is acknowledged only after its group's commit. A refused unit does not fail the others: the group is run
/// again, each unit with a savepoint of its own. When the commit fails, no unit of the group has happened.
/// </summary>
internal sealed class StoreWriter : IDisposable
{
    /// <summary>The most units of one commit, because the first one waits for the last.</summary>
    private const int MostUnits = 4096;

    private readonly string _file;
    private readonly Action<StoreDamagedException> _damaged;
    private readonly WriteQueue _queue;
    private readonly DiskReserve _reserve;
    private readonly CommitMarkFile _mark;
    private readonly Thread _thread;
    private StoreConnection? _connection;
    private bool _isNoted; // Of the thread.
    private volatile StoreDamagedException? _damage;

    /// <param name="file">The database file. It exists, and has the current format.</param>
    /// <param name="mark">Where the number of the last commit is noted. The writer closes it.</param>
    /// <param name="mostBytes">The most bytes that waiting units may hold together.</param>
    /// <param name="damaged">Called when the file is found damaged. Nothing is written from then on.</param>
    public StoreWriter(string file, CommitMarkFile mark, long mostBytes, Action<StoreDamagedException> damaged)
    {
        (_file, _mark, _damaged, _queue, _reserve) = (file, mark, damaged, new WriteQueue(mostBytes), new DiskReserve(file));
        _connection = StoreConnection.OpenWriter(file);
        _thread = new Thread(Write) { IsBackground = true, Name = "sqlite writer" };
        _thread.Start();
    }

    /// <summary>The bytes of units that wait or are being written.</summary>
    public long QueuedBytes => _queue.Bytes;

    /// <summary>Makes changes as one unit; completes when they are durable.</summary>
    /// <param name="bytes">The bytes that the unit holds until then.</param>
    /// <param name="work">Makes the changes. If it throws, the changes are reverted and the caller gets the exception.</param>
    /// <param name="freesSpace">Whether the unit frees space: then it is also tried on a full disk.</param>
    /// <exception cref="IOException">Nothing was changed.</exception>
    public async Task<T> RunAsync<T>(long bytes, Func<StoreConnection, T> work, bool freesSpace = false)
    {
        var unit = new WriteUnit<T>(bytes, work) { FreesSpace = freesSpace };
        await _queue.AddAsync(unit);
        return await unit.Task;
    }

    /// <summary>Fails all waiting and later units, because the file is damaged.</summary>
    public void Stop(StoreDamagedException damage)
    {
        _damage = damage;
        _queue.Close(damage);
    }

    /// <summary>Writes the admitted units, and stops the thread.</summary>
    public void Dispose()
    {
        _queue.Close(new IOException($"The database '{_file}' is closed."));
        _thread.Join();
        _connection?.Dispose();
        _mark.Dispose();
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

    /// <summary>Commits the group. Null, or the failure after which no unit of it has happened.</summary>
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
                Stop(damage); // Before the failed units are answered and their callers retry.
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

    /// <summary>Writes the journal into the database, if the disk has room, and frees its space.</summary>
    private void CutJournal()
    {
        try
        {
            _connection?.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteException)
        {
            // The journal keeps its size.
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
        connection.Digests.Clear();
        if (!TryRun(connection, group))
        {
            connection.Prepare("BEGIN IMMEDIATE").Run();
            foreach (var unit in group)
            {
                Run(connection, unit);
            }
        }

        connection.Digests.Write(connection);
        if (!_isNoted)
        {
            CommitMark.Note(connection);
        }

        var mark = CommitMark.Next(connection);
        connection.EndReads();
        connection.Prepare("COMMIT").Run();
        _isNoted = true;
        _mark.Write(mark);
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

            connection.Digests.Keep();
            return true;
        }
        catch (Exception e) when (IsOfUnit(e) && connection.IsInTransaction)
        {
            connection.Digests.Drop();
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
            connection.Digests.Keep();
        }
        catch (Exception e) when (IsOfUnit(e) && connection.IsInTransaction)
        {
            connection.Digests.Drop();
            connection.EndReads();
            connection.Prepare("ROLLBACK TO unit").Run();
            unit.Refusal = e is SqliteException sqlite ? StoreFailures.Translate(sqlite, _file) : e;
        }

        connection.Prepare("RELEASE unit").Run();
    }

    /// <summary>
    /// Whether the failure concerns this unit only, as a value that a table refuses. A full disk or a damaged page fails the whole group.
    /// </summary>
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
