using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Sessions.Yielding;

namespace OrleansMcp.Grains.Sessions;

/// <summary>Asks the session to make room. A repeated request joins the one that is running.</summary>
internal sealed partial class SessionGrain
{
    private Task<YieldResult>? _yielding;

    public async Task<YieldResult> YieldAsync(YieldRequest request)
    {
        if (await IsStoppedAsync())
        {
            return new YieldResult(default, CallFailure.Stopped);
        }

        var yielding = _yielding is { IsCompleted: false } running ? running : _yielding = Task.Run(() => YieldOnceAsync(request));
        try
        {
            return await yielding.WaitAsync(SessionTimings.Poll, SessionTimings.Clock);
        }
        catch (TimeoutException)
        {
            return new YieldResult(default, CallFailure.Pending);
        }
        finally
        {
            DeactivateIfEmpty();
        }
    }

    private async Task<YieldResult> YieldOnceAsync(YieldRequest request)
    {
        try
        {
            return new YieldResult(await _session.YieldAsync(request, CancellationToken.None));
        }
        catch (Exception e) when (e is SessionPassivatedException or SessionFencedException)
        {
            return new YieldResult(default, CallFailure.Moved);
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException)
        {
            LogFailed(_logger, e, _key.Value);
            return new YieldResult(default, CallFailure.Unsaved);
        }
    }
}
