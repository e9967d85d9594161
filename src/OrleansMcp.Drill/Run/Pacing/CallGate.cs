namespace OrleansMcp.Drill.Run.Pacing;

/// <summary>Lets a client run as many calls at once as the server has let it run: all, until the server refuses one for their number.</summary>
internal sealed class CallGate
{
    private readonly Lock _gate = new();
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private int _running;
    private int _most = int.MaxValue;

    /// <summary>Waits for a place; the caller must <see cref="Leave"/>.</summary>
    public Task EnterAsync()
    {
        lock (_gate)
        {
            if (_running < _most)
            {
                _running++;
                return Task.CompletedTask;
            }

            var place = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(place);
            return place.Task;
        }
    }

    /// <summary>Gives the place to the next that waits.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (_running <= _most && _waiting.TryDequeue(out var next))
            {
                next.SetResult();
            }
            else
            {
                _running--;
            }
        }
    }

    /// <summary>The server refused one of the calls that run for their number. Returns whether fewer at once are left to try.</summary>
    public bool TryNarrow()
    {
        lock (_gate)
        {
            var narrower = Math.Max(1, Math.Min(_most, _running) - 1);
            (var before, _most) = (_most, narrower);
            return narrower < before;
        }
    }
}
