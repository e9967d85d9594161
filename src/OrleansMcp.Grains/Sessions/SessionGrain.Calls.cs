using OrleansMcp.Secrets.Callers;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;

namespace OrleansMcp.Grains.Sessions;

/// <summary>Calls from front ends.</summary>
internal sealed partial class SessionGrain
{
    public async Task<PostResult> PostAsync(PostCall call)
    {
        if (await IsStoppedAsync())
        {
            return PostResult.Stopped;
        }

        var name = call.Options.Delivery.Id;
        if (_deliveries.IsForeign(name, call.Caller))
        {
            // Clients may choose delivery names. The session answers a caller that reuses the name of another caller's message, without
            // that message's reply.
            return new PostResult(PostState.Answered, await Delivery.Start(_session, call, token: null, mayRunAgain: false).Reply);
        }

        if (!_deliveries.TryGet(call.Options.Delivery, out var delivery))
        {
            if (call.IsQuestion || IsLate(call))
            {
                return PostResult.Unknown;
            }

            delivery = Start(call);
            if (delivery.Reply.IsCompletedSuccessfully)
            {
                return Answered(name, delivery.Reply.Result);
            }
        }

        try
        {
            // No exception of WaitAsync: a reply that completes as the wait ends still counts, and a TimeoutException of the tool is not
            // taken for the end of the wait.
            await ((Task)delivery.Reply).WaitAsync(SessionTimings.Poll, SessionTimings.Clock)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            if (!delivery.Reply.IsCompleted)
            {
                return PostResult.Pending;
            }

            return Answered(name, await delivery.Reply);
        }
        catch (SessionPassivatedException)
        {
            _deliveries.Forget(name);
            return PostResult.NotStarted;
        }
        catch (Exception e)
        {
            _deliveries.Forget(name);
            LogFailed(_logger, e, _key.Value);
            return e is IOException ? PostResult.Unsaved : PostResult.Failed;
        }
        finally
        {
            DeactivateIfEmpty();
        }
    }

    /// <summary>
    /// Whether the delivery is too old to run: it was stuck in a frozen machine, or its message was answered by another delivery. The
    /// clocks of the cluster's machines must agree to within a few seconds for this, as time services keep them.
    /// </summary>
    private bool IsLate(PostCall call) => IsLate(call.SentAt, _deliveries.IsSettled(call.Options.Delivery, _session.Settled));

    private bool IsLate(long sentAt, bool isSettled = false)
    {
        var age = SessionTimings.Clock.GetUtcNow().UtcTicks - sentAt;
        if (isSettled || age > SessionTimings.LatestDelivery.Ticks)
        {
            LogLate(_logger, _key.Name, age / TimeSpan.TicksPerMillisecond);
            return true;
        }

        return false;
    }

    public Task AbortAsync(Caller caller, Guid delivery)
    {
        if (_deliveries.TryGet(delivery, out var found) && !_deliveries.IsForeign(delivery, caller))
        {
            found.Abort?.Cancel();
        }

        DeactivateIfUnclaimed();
        return Task.CompletedTask;
    }

    public async Task<ReadResult> ReadAsync(ReadCall call)
    {
        if (await IsStoppedAsync())
        {
            return ReadResult.Stopped;
        }

        var reader = _readers.Find(call.Reader);
        if (reader is null)
        {
            if (call.Stream is not { } stream)
            {
                return ReadResult.Unknown;
            }

            reader = new RemoteReader(call.Caller, _session.ListenAsync(call.Caller, stream, CancellationToken.None));
            _readers.Add(call.Reader, reader);
            WatchReaders();
        }
        else if (!reader.Is(call.Caller))
        {
            return ReadResult.Unknown;
        }

        try
        {
            return await reader.ReadAsync(call.After, call.Wait);
        }
        catch (SessionPassivatedException)
        {
            return ReadResult.Unknown;
        }
        catch (OperationCanceledException)
        {
            return new ReadResult([], IsEnd: true);
        }
        finally
        {
            DeactivateIfEmpty();
        }
    }

    public Task TouchAsync(Guid reader)
    {
        _readers.Find(reader)?.Touch();
        DeactivateIfUnclaimed();
        return Task.CompletedTask;
    }

    public Task LeaveAsync(Guid reader)
    {
        DeactivateIfUnclaimed();
        return _readers.RemoveAsync(reader);
    }

    private Delivery Start(PostCall call)
    {
        var mayRunAgain = call.Message is { } message && _catalogue.MayRedeliver(message);
        var delivery = Delivery.Start(_session, call, TokenOf(call), mayRunAgain);
        _deliveries.Add(call.Options.Delivery.Id, delivery);
        return delivery;
    }

    private CallerToken? TokenOf(PostCall call)
    {
        if (call.Options.SealedToken is not { } envelope)
        {
            return null;
        }

        var token = _ids.TokenSeal.Open(envelope, _key, call.Caller, SessionTimings.Clock.GetUtcNow());
        if (token is null)
        {
            LogSealed(_logger, _key.Name);
        }

        return token;
    }

    private PostResult Answered(Guid name, SessionReply reply)
    {
        _deliveries.Answered(name, reply);
        return new PostResult(PostState.Answered, reply);
    }

    /// <summary>Deactivates an activation without a session, so that unknown ids do not fill the memory.</summary>
    private void DeactivateIfEmpty()
    {
        if (!_session.Exists && !_key.IsPrincipal)
        {
            DeactivateOnIdle();
        }
    }
}
