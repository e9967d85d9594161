using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Tenants;

namespace OrleansMcp.Grains.Sessions;

/// <summary>Opens and ends the session. Both may take as long as the store does; a repeated call joins the one that is running.</summary>
internal sealed partial class SessionGrain
{
    private Task<OpenResult>? _opening;
    private SessionOwner? _opener;
    private Task<EndResult>? _ending;

    public async Task<OpenResult> OpenAsync(OpenCall call)
    {
        if (IsLate(call.SentAt))
        {
            // The attempt was stuck in a frozen machine; another one may have opened the session, and it may have ended since.
            DeactivateIfUnclaimed();
            return new OpenResult(default, Failure: CallFailure.Moved);
        }

        if (!call.IsRepeat)
        {
            BeginUnclaimed();
        }

        if (await IsStoppedAsync())
        {
            return OpenResult.Stopped;
        }

        // The attempts of one front end may arrive in any order; an attempt joins the one that is running. No other caller knows the key.
        // Owners are compared, and not callers: each message deserializes its scopes as another set, which would not be equal.
        var opening = _opening is { } running && (call.IsRepeat || !running.IsCompleted) && _opener!.Is(call.Caller)
            ? running
            : Task.Run(() => OpenOnceAsync(call));
        if (_opening is null)
        {
            (_opening, _opener) = (opening, SessionOwner.Of(call.Caller));
        }

        try
        {
            return await opening.WaitAsync(SessionTimings.Poll, SessionTimings.Clock);
        }
        catch (TimeoutException)
        {
            return new OpenResult(default, Failure: CallFailure.Pending);
        }
        finally
        {
            DeactivateIfEmpty();
        }
    }

    public async Task<EndResult> EndAsync(EndCall call)
    {
        if (await IsStoppedAsync())
        {
            return new EndResult(null, CallFailure.Stopped);
        }

        // A call of another caller does not join the end of the owner's.
        var ending = _session.IsOwnedBy(call.Caller) ? _ending ??= Task.Run(() => EndOnceAsync(call)) : EndOnceAsync(call);
        try
        {
            return await ending.WaitAsync(SessionTimings.Poll, SessionTimings.Clock);
        }
        catch (TimeoutException)
        {
            return new EndResult(null, CallFailure.Pending);
        }
        finally
        {
            DeactivateIfEmpty();
        }
    }

    private async Task<OpenResult> OpenOnceAsync(OpenCall call)
    {
        try
        {
            if (call.IsRepeat && _session.IsOwnedBy(call.Caller))
            {
                return new OpenResult(call.Initialize is { } initialize ? _session.Greet(initialize) : default);
            }

            return call.Initialize is { } message
                ? new OpenResult(await _session.OpenAsync(call.Caller, message, CancellationToken.None))
                : new OpenResult(default, await _session.OpenHandleAsync(call.Caller, new(call.Permissions, call.Servers), CancellationToken.None));
        }
        catch (Exception e) when (e is SessionPassivatedException or SessionFencedException)
        {
            // Fenced: there is a record under this key. The next activation reads it and compares its owner.
            return new OpenResult(default, Failure: CallFailure.Moved);
        }
        catch (TenantStoppedException)
        {
            return OpenResult.Stopped;
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException)
        {
            LogFailed(_logger, e, _key.Value);
            return new OpenResult(default, Failure: CallFailure.Unsaved);
        }
    }

    private async Task<EndResult> EndOnceAsync(EndCall call)
    {
        try
        {
            return new EndResult(await _session.EndAsync(call.Caller, CancellationToken.None));
        }
        catch (Exception e) when (e is SessionPassivatedException or SessionFencedException)
        {
            return new EndResult(null, CallFailure.Moved);
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException)
        {
            LogFailed(_logger, e, _key.Value);
            return new EndResult(null, CallFailure.Unsaved);
        }
    }
}
