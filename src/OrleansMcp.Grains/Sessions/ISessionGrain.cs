using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// A session actor as the cluster sees it. Every call returns within <see cref="SessionTimings.Poll"/> whatever the session does, so that a
/// silence that lasts longer means a silo in trouble and nothing else; what takes longer is asked for again.
/// </summary>
[Alias("orleansmcp.ISessionGrain")]
internal interface ISessionGrain : IGrainWithStringKey
{
    /// <summary>Creates the session.</summary>
    [Alias("open")]
    Task<OpenResult> OpenAsync(OpenCall call);

    /// <summary>Delivers a message or a batch, or asks after a delivery that was pending.</summary>
    [Alias("post")]
    Task<PostResult> PostAsync(PostCall call);

    /// <summary>The client of a delivery went away; protocol revisions that cancel by that do.</summary>
    [Alias("abort")]
    Task AbortAsync(Caller caller, Guid delivery);

    /// <summary>Attaches a reader to a stream, or reads on.</summary>
    [Alias("read"), ResponseTimeout("00:00:15")]
    Task<ReadResult> ReadAsync(ReadCall call);

    /// <summary>The reader is still there, only slow.</summary>
    [Alias("touch")]
    Task TouchAsync(Guid reader);

    /// <summary>The reader has left.</summary>
    [Alias("leave")]
    Task LeaveAsync(Guid reader);

    /// <summary>Ends the session on its owner's word.</summary>
    [Alias("end")]
    Task<EndResult> EndAsync(EndCall call);

    /// <summary>The key that secrets for this activation are sealed to.</summary>
    [Alias("key")]
    Task<KeyResult> GetSealingKeyAsync(Caller caller);

    /// <summary>Gives the session a secret, sealed; or takes one away. Nothing readable crosses.</summary>
    [Alias("secret")]
    Task<SecretResult> SetSecretAsync(SecretCall call);

    /// <summary>Does what an operator asks.</summary>
    [Alias("operate")]
    Task<OperateResult> OperateAsync(OperateCall call);

    /// <summary>
    /// Ends the session if its time is over. Returns when to look again, or null when there is none any more.
    /// </summary>
    [Alias("tend")]
    Task<DateTimeOffset?> CheckExpiryAsync();
}
