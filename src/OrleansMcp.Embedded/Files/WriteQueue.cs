using System.Threading.Channels;

namespace OrleansMcp.Embedded.Files;

/// <summary>
/// Runs blocking file work on a few threads of its own: a flush takes milliseconds, and on the thread pool it would hold up calls that
/// touch no file. A few at once let the file system commit several flushes together.
/// </summary>
internal sealed class WriteQueue : IAsyncDisposable
{
    private const int Writers = 4;

    private readonly Channel<Work> _work = Channel.CreateUnbounded<Work>();
    private readonly Thread[] _threads;

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
        return _work.Writer.TryWrite(work)
            ? new ValueTask(work.Task)
            : ValueTask.FromException(new IOException("The data folder is closed."));
    }

    public ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        foreach (var thread in _threads)
        {
            thread.Join();
        }

        return ValueTask.CompletedTask;
    }

    private void Run()
    {
        while (_work.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_work.Reader.TryRead(out var work))
            {
                work.Execute();
            }
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
