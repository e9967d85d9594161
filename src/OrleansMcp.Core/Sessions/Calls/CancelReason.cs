namespace OrleansMcp.Sessions.Calls;

/// <summary>Why a call was cancelled. The first reason counts.</summary>
internal enum CancelReason
{
    /// <summary>The call was not cancelled.</summary>
    None,

    /// <summary>The client cancelled it, with a notification or (2026-07-28) by closing the response stream: no answer is owed.</summary>
    Client,

    /// <summary>Its session ended.</summary>
    SessionEnded,

    /// <summary>Its session is deactivated in this process: the call may be delivered again to the next activation.</summary>
    SessionMoved,

    /// <summary>Its permission was revoked.</summary>
    Revoked,

    /// <summary>The call exceeded its timeout.</summary>
    TimedOut,

    /// <summary>The process needed the memory that the call held, because its client held most.</summary>
    OutOfMemory,
}
