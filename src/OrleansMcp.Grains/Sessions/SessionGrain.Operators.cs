using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;

namespace OrleansMcp.Grains.Sessions;

/// <summary>Executes operators' requests. A repeated request joins the one that is running.</summary>
internal sealed partial class SessionGrain
{
    private readonly Dictionary<Guid, Task<OperateResult>> _operating = [];

    public async Task<OperateResult> OperateAsync(OperateCall call)
    {
        if (await IsStoppedAsync())
        {
            return new OperateResult(OperatorReply.NotFound, CallFailure.Stopped);
        }

        if (!_operating.TryGetValue(call.Id, out var operating))
        {
            operating = _operating[call.Id] = Task.Run(() => OperateOnceAsync(call.Request));
        }

        try
        {
            var result = await operating.WaitAsync(SessionTimings.Poll, SessionTimings.Clock);
            _operating.Remove(call.Id);
            return result;
        }
        catch (TimeoutException) when (!operating.IsFaulted)
        {
            return new OperateResult(OperatorReply.NotFound, CallFailure.Pending);
        }
        catch
        {
            _operating.Remove(call.Id);
            throw;
        }
        finally
        {
            DeactivateIfEmpty();
        }
    }

    private async Task<OperateResult> OperateOnceAsync(OperatorRequest request)
    {
        try
        {
            return new OperateResult(await _session.OperateAsync(request, CancellationToken.None));
        }
        catch (Exception e) when (e is SessionPassivatedException or SessionFencedException)
        {
            return new OperateResult(OperatorReply.NotFound, CallFailure.Moved);
        }
        catch (Exception e) when (e is IOException or SessionUnavailableException)
        {
            LogFailed(_logger, e, _key.Value);
            return new OperateResult(OperatorReply.NotFound, CallFailure.Unsaved);
        }
    }
}
