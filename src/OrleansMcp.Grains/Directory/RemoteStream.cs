using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Directory;

/// <summary>The near end of a stream that a session writes.</summary>
internal sealed class RemoteStream(ISessionGrain grain, Caller caller, StreamRequest stream) : IAsyncDisposable
{
    private Guid _name = Guid.NewGuid();
    private long _arrived;
    private bool _isAttached;
    private bool _isOver;

    /// <summary>Whether anything has come yet.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>The next items; waits for them. Empty and unknown when the activation that held the stream is gone.</summary>
    public async Task<ReadResult> NextAsync(CancellationToken cancellationToken)
    {
        var persistence = new RetryBudget(SessionTimings.Patience);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await TryReadAsync(cancellationToken) is { } result)
            {
                persistence.Renew();
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
            else if (persistence.IsOver)
            {
                throw new SessionUnavailableException("The session cannot be reached at the moment. Try again.");
            }
            else
            {
                await Task.Delay(persistence.NextPause(), SessionTimings.Clock, cancellationToken);
            }
        }
    }

    /// <summary>Whether the stream began again where the session lives now.</summary>
    public bool IsAgain { get; private set; }

    /// <summary>
    /// The session's own stream can begin again on another activation; what was sent meanwhile, nobody held. The stream of a post cannot.
    /// </summary>
    public bool TryRestart()
    {
        if (!HasBegun || stream is not { StreamId: 0, LastEventId: null })
        {
            return false;
        }

        (_name, _arrived, _isAttached, IsAgain) = (Guid.NewGuid(), 0, false, true);
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
            // Nobody waits for it; a session that does not hear of it lets go of a silent reader by itself.
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

    /// <summary>Somebody waits for the answer on the stream of a post; the session's own may be quiet for hours.</summary>
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
