using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Directory;

/// <summary>The front end's side of a stream: reads the items from the session's grain.</summary>
internal sealed class RemoteStream(ISessionGrain grain, Caller caller, StreamRequest stream) : IAsyncDisposable
{
    private Guid _name = Guid.NewGuid();
    private long _arrived;
    private bool _isAttached;
    private bool _isOver;

    /// <summary>Whether an item of the stream has arrived.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Waits for the next items. <see cref="ReadResult.IsUnknown"/> when the activation that had the stream is gone.</summary>
    public async Task<ReadResult> NextAsync(CancellationToken cancellationToken)
    {
        var budget = new RetryBudget(SessionTimings.Patience);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await TryReadAsync(cancellationToken) is { } result)
            {
                budget.Renew();
                if (result.IsStopped)
                {
                    throw new TenantStoppedException();
                }

                if (result.IsUnknown)
                {
                    return result;
                }

                _isAttached = true;
                if (result.Items.Length > 0 || result.IsEnd)
                {
                    Take(result);
                    return result;
                }
            }
            else if (budget.IsOver)
            {
                throw new SessionUnavailableException("The session cannot be reached at the moment. Try again.");
            }
            else
            {
                await Task.Delay(budget.NextPause(), SessionTimings.Clock, cancellationToken);
            }
        }
    }

    /// <summary>Whether the stream was restarted on another activation.</summary>
    public bool IsAgain { get; private set; }

    /// <summary>
    /// Begins anew with the next activation: a stream of which nothing has arrived yet, or the session's own, whose messages in between are
    /// lost. False for the stream of a post or a resumed one that has begun.
    /// </summary>
    public bool TryRestart()
    {
        if (HasBegun && stream is not { StreamId: 0, LastEventId: null })
        {
            return false;
        }

        (_name, _arrived, _isAttached, IsAgain) = (Guid.NewGuid(), 0, false, HasBegun);
        return true;
    }

    public void Touch()
    {
        if (_isAttached)
        {
            grain.TouchAsync(_name).Ignore();
        }
    }

    public ValueTask DisposeAsync()
    {
        if (!_isOver)
        {
            // Not awaited: if the call is lost, the session expires the silent reader.
            grain.LeaveAsync(_name).Ignore();
        }

        return ValueTask.CompletedTask;
    }

    private void Take(ReadResult result)
    {
        _arrived += result.Items.Length;
        _isOver = result.IsEnd;
        HasBegun |= result.Items.Length > 0 && result.Items[0].Kind is not (SessionEventKind.NotFound or SessionEventKind.Lost);
    }

    /// <summary>
    /// Whether the reader may poll slowly: a client waits for the answer on the stream of a post, but the session's own stream may be quiet
    /// for hours.
    /// </summary>
    private bool IsIdle => _isAttached && stream is { StreamId: 0, LastEventId: null };

    private async Task<ReadResult?> TryReadAsync(CancellationToken cancellationToken)
    {
        var wait = IsIdle ? SessionTimings.IdlePoll : SessionTimings.Poll;
        var left = wait + SessionTimings.AskAgain - SessionTimings.Poll;
        var reading = grain.ReadAsync(new ReadCall(caller, _name, _isAttached ? null : stream, _arrived, wait));
        try
        {
            return await reading.WaitAsync(left, SessionTimings.Clock, cancellationToken);
        }
        catch (Exception e) when (RetryBudget.IsTransient(e, cancellationToken))
        {
            reading.Ignore();
            return null;
        }
        catch (OperationCanceledException)
        {
            reading.Ignore();
            throw;
        }
    }
}
