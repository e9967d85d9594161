namespace OrleansMcp.Embedded.Files;

/// <summary>
/// Runs blocking file work on a few threads of its own: a flush takes milliseconds, and on the thread pool it would hold up calls that
/// touch no file. A few at once let the file system commit several flushes together.
/// </summary>
internal sealed class WriteQueue : IAsyncDisposable
{
    private const int Writers = 4;

    // A monitor wakes one writer for one piece of work, and nobody spins meanwhile.
    private readonly object _gate = new();
    private readonly Queue<Work> _work = new();
    private readonly Thread[] _threads;
    private bool _isClosed;

    public WriteQueue()
    {
        _threads = [.. Enumerable.Range(1, Writers).Select(number => new Thread(Run) { IsBackground = true, Name = $"session files {number}" })];
        foreach (var thread in _threads)
        {
            thread.Start();
        }
    }

    /// <summary>Completes when <paramref name="action"/> has run; fails as it fails.</summary>
    public ValueTask RunAsync(Action action)
    {
        var work = new Work(action);
        lock (_gate)
        {
            if (_isClosed)
            {
                return ValueTask.FromException(new IOException("The data folder is closed."));
            }

            _work.Enqueue(work);
            Monitor.Pulse(_gate);
        }

        return new ValueTask(work.Task);
    }

    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.PulseAll(_gate);
        }

        foreach (var thread in _threads)
        {
            thread.Join();
        }

        return ValueTask.CompletedTask;
    }

    private void Run()
    {
        while (Next() is { } work)
        {
            work.Execute();
        }
    }

    /// <summary>Waits for work; null when the queue is closed and empty.</summary>
    private Work? Next()
    {
        lock (_gate)
        {
            while (_work.Count == 0 && !_isClosed)
            {
                Monitor.Wait(_gate);
            }

            return _work.TryDequeue(out var work) ? work : null;
        }
    }

    private sealed class Work(Action action) : TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public void Execute()
        {
            try
            {
                action();
                SetResult();
            }
            catch (Exception e) when (e is not IOException)
            {
                // Whatever the platform calls it (no permission, path gone): for a caller the write did not happen.
                SetException(new IOException("The data folder could not be written.", e));
            }
            catch (IOException e)
            {
                SetException(e);
            }
        }
    }
}
