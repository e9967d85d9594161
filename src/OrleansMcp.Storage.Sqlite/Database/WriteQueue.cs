namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>
/// The queue of units for the writer, first in first out. The bytes of admitted units are bounded: further units wait for admission, also
/// first in first out, so that a slow disk slows down its writers instead of filling the memory.
/// </summary>
/// <param name="mostBytes">The most bytes that admitted units may hold together; a larger unit is admitted alone.</param>
internal sealed class WriteQueue(long mostBytes) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Queue<(WriteUnit Unit, TaskCompletionSource Entered)> _outside = new();
    private List<WriteUnit> _waiting = [];
    private long _bytes;
    private Exception? _closed;

    /// <summary>The bytes of units that were admitted and are not done.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
            {
                return _bytes;
            }
        }
    }

    /// <summary>Admits a unit; completes when there is room for it.</summary>
    /// <exception cref="IOException">The queue is closed.</exception>
    public Task AddAsync(WriteUnit unit)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                return Task.FromException(_closed);
            }

            if (_outside.Count == 0 && Fits(unit))
            {
                Enter(unit);
                return Task.CompletedTask;
            }

            var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _outside.Enqueue((unit, entered));
            return entered.Task;
        }
    }

    /// <summary>Waits for units and takes all that are admitted; null when the queue is closed and empty. Called by the writer only.</summary>
    public List<WriteUnit>? Take()
    {
        while (true)
        {
            _arrived.Wait();
            Gather();
            lock (_gate)
            {
                if (_waiting.Count > 0)
                {
                    var taken = _waiting;
                    _waiting = [];
                    return taken;
                }

                if (_closed is not null)
                {
                    return null;
                }
            }
        }
    }

    /// <summary>Releases the bytes of units that are written or have failed, and admits waiting ones.</summary>
    public void Done(IEnumerable<WriteUnit> units)
    {
        lock (_gate)
        {
            _bytes -= units.Sum(static unit => unit.Bytes);
            while (_outside.TryPeek(out var next) && Fits(next.Unit))
            {
                _outside.Dequeue();
                Enter(next.Unit);
                next.Entered.SetResult();
            }
        }
    }

    /// <summary>Closes the queue: units that wait for admission fail, admitted ones are still taken.</summary>
    public void Close(Exception reason)
    {
        lock (_gate)
        {
            if (_closed is not null)
            {
                return;
            }

            _closed = reason;
            while (_outside.TryDequeue(out var next))
            {
                next.Entered.SetException(reason);
            }

            _arrived.Release();
        }
    }

    public void Dispose() => _arrived.Dispose();

    /// <summary>
    /// Yields to other ready threads, as long as they add more units: a commit costs about the same for a group of any size, and on a busy
    /// machine many threads are about to write. Returns at once when no other thread is ready.
    /// </summary>
    private void Gather()
    {
        for (int before = 0, now = Count(); now > before && Thread.Yield(); before = now, now = Count())
        {
        }
    }

    private int Count()
    {
        lock (_gate)
        {
            return _waiting.Count;
        }
    }

    private bool Fits(WriteUnit unit) => _bytes == 0 || _bytes + unit.Bytes <= mostBytes;

    private void Enter(WriteUnit unit)
    {
        _bytes += unit.Bytes;
        _waiting.Add(unit);
        if (_waiting.Count == 1)
        {
            _arrived.Release();
        }
    }
}
