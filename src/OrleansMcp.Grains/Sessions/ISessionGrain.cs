using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Yielding;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// The grain interface of a session actor. Every call returns within <see cref="SessionTimings.Poll"/>, also when its result is not ready
/// and the caller must call again. So a call without an answer means that the silo is lost or overloaded.
/// </summary>
[Alias("orleansmcp.ISessionGrain")]
internal interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Creates the session.</summary>
    [Alias("open")]
    Task<OpenResult> OpenAsync(OpenCall call);

    /// <summary>Delivers a message or a batch, or queries a delivery that was pending.</summary>
    [Alias("post")]
    Task<PostResult> PostAsync(PostCall call);

    /// <summary>Cancels a delivery whose client has disconnected, in protocol revisions where that cancels.</summary>
    [Alias("abort")]
    Task AbortAsync(Caller caller, Guid delivery);

    /// <summary>Attaches a reader to a stream, or reads its next items.</summary>
    [Alias("read"), ResponseTimeout("00:00:15")]
    Task<ReadResult> ReadAsync(ReadCall call);

    /// <summary>Keeps a slow reader from expiring.</summary>
    [Alias("touch")]
    Task TouchAsync(Guid reader);

    /// <summary>Removes a reader.</summary>
    [Alias("leave")]
    Task LeaveAsync(Guid reader);

    /// <summary>Ends the session for its owner.</summary>
    [Alias("end")]
    Task<EndResult> EndAsync(EndCall call);

    /// <summary>Returns the key that secrets for this activation are sealed to.</summary>
    [Alias("key")]
    Task<KeyResult> GetSealingKeyAsync(Caller caller);

    /// <summary>Stores a sealed secret in the session, or removes one.</summary>
    [Alias("secret")]
    Task<SecretResult> SetSecretAsync(SecretCall call);

    /// <summary>Executes an operator's request.</summary>
    [Alias("operate")]
    Task<OperateResult> OperateAsync(OperateCall call);

    /// <summary>Asks the session to make room for another one of its client.</summary>
    [Alias("yield")]
    Task<YieldResult> YieldAsync(YieldRequest request);

    /// <summary>
    /// Ends the session if its lifetime or idle time is over. Returns when to check it again; null when there is no session any more.
    /// </summary>
    [Alias("tend")]
    Task<DateTimeOffset?> CheckExpiryAsync();
}
