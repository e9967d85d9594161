namespace OrleansMcp.Sessions.Calls;

/// <summary>Why a call was cancelled. The first reason counts.</summary>
internal enum CancelReason
{
    /// <summary>It was not.</summary>
    None,

    /// <summary>By its client, with a notification or (2026-07-28) by closing the response stream: no answer is owed.</summary>
    Client,

    /// <summary>Its session ended.</summary>
    SessionEnded,

    /// <summary>Its session leaves this process: the call may be delivered again elsewhere.</summary>
    SessionMoved,

    /// <summary>Its permission was taken away.</summary>
    Revoked,

    /// <summary>It took longer than it may.</summary>
    TimedOut,
}
