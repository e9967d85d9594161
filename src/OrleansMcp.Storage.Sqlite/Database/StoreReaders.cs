using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>Reads beside the writer, each on a connection of its own and within one snapshot. A few at a time.</summary>
/// <param name="file">The database.</param>
/// <param name="most">How many read at a time.</param>
/// <param name="damaged">Told when the file turns out to be damaged.</param>
internal sealed class StoreReaders(string file, int most, Action<StoreDamagedException> damaged) : IDisposable
{
    private readonly SemaphoreSlim _free = new(most, most);
    private readonly ConcurrentBag<StoreConnection> _idle = [];

    /// <summary>Reads on a thread of the pool: what is not in memory comes from the disk while that thread waits.</summary>
    /// <exception cref="StoreDamagedException">What was read, or the file, is damaged.</exception>
    /// <exception cref="IOException">The database cannot be read.</exception>
    public async Task<T> RunAsync<T>(Func<StoreConnection, T> read, CancellationToken cancellationToken)
    {
        await _free.WaitAsync(cancellationToken);
        try
        {
            return await Task.Run(() => Run(read), cancellationToken);
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>The same, on this thread. For those that have no other to give.</summary>
    public T Run<T>(Func<StoreConnection, T> read)
    {
        StoreConnection? connection = null;
        try
        {
            connection = _idle.TryTake(out var idle) ? idle : StoreConnection.OpenReader(file);
            return connection.ReadSnapshot(read);
        }
        catch (SqliteException e)
        {
            connection?.Dispose();
            connection = null;
            var failure = StoreFailures.Translate(e, file);
            if (failure is StoreDamagedException damage)
            {
                damaged(damage);
            }

            throw failure;
        }
        finally
        {
            if (connection is not null)
            {
                _idle.Add(connection);
            }
        }
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var connection))
        {
            connection.Dispose();
        }

        _free.Dispose();
    }
}
