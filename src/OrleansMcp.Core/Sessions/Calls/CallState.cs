using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Calls;

/// <summary>The session's state as one call changes it.</summary>
internal sealed class CallState(RunningCall call) : ISessionState
{
    public T? Get<T>(string key) => call.Session.GetState<T>(key);

    public Task<T> UpdateAsync<T>(string key, Func<T?, T> change, CancellationToken cancellationToken = default) =>
        call.Session.UpdateStateAsync(call, key, change, cancellationToken);
}
