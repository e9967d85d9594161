using System.Collections.Concurrent;

namespace OrleansMcp.Tests.Hosting;

/// <summary>Holds tool calls where a test wants them, and tells what became of them.</summary>
internal sealed class Gates
{
    private readonly ConcurrentDictionary<string, Gate> _gates = new(StringComparer.Ordinal);

    public Gate this[string name] => _gates.GetOrAdd(name, _ => new Gate());

    /// <summary>From here on every name means a gate that nobody has reached.</summary>
    public void Clear() => _gates.Clear();
}

/// <summary>One place a call waits at.</summary>
internal sealed class Gate
{
    private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _cancelled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _passed;

    /// <summary>Completes when a call has arrived.</summary>
    public Task Entered => _entered.Task.InTime("a call reached its gate");

    /// <summary>Completes when a waiting call was cancelled.</summary>
    public Task Cancelled => _cancelled.Task.InTime("a waiting call was cancelled");

    public bool WasCancelled => _cancelled.Task.IsCompleted;

    /// <summary>How many calls went through.</summary>
    public int Passed => Volatile.Read(ref _passed);

    public void Open() => _opened.TrySetResult();

    public void Pass() => Interlocked.Increment(ref _passed);

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        _entered.TrySetResult();
        try
        {
            await _opened.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            _cancelled.TrySetResult();
            throw;
        }

        Pass();
    }
}
