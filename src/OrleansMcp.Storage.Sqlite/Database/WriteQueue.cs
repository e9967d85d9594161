namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>
/// Units on their way to the writer, in the order they came. What they hold together is bounded: units that do not fit wait outside, first
/// come first served, so that a slow disk slows its writers down instead of filling the memory.
/// </summary>
/// <param name="mostBytes">What all units together may hold; one that is larger by itself is let in alone.</param>
internal sealed class WriteQueue(long mostBytes) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly Queue<(WriteUnit Unit, TaskCompletionSource Entered)> _outside = new();
    private List<WriteUnit> _waiting = [];
    private long _bytes;
    private Exception? _closed;

    /// <summary>Bytes of the units that were let in and are not done.</summary>
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

    /// <summary>Lets a unit in; completes when there is room for it.</summary>
    /// <exception cref="IOException">The queue is closed, and nothing is written any more.</exception>
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

    /// <summary>Waits for units and takes all that are there; null when none will come. Called by the writer alone.</summary>
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

    /// <summary>Makes room: a unit is done, whatever became of it.</summary>
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

    /// <summary>Lets nothing in any more; units that wait outside fail. Those that were let in are still taken.</summary>
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
    /// Lets threads that are ready to run go first, as long as that brings more units: a commit costs about the same however large its group is, and
    /// on a busy machine most of those who will write next are about to. Where nobody else is ready, it returns at once.
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
