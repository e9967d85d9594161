namespace OrleansMcp.Sessions;

/// <summary>The kind of an item of a stream.</summary>
public enum SessionEventKind
{
    /// <summary>The stream exists. Carries no message.</summary>
    Opened,

    /// <summary>There is no such session for this caller: 404.</summary>
    NotFound,

    /// <summary>The events after the given id are no longer held: the client must repeat its request.</summary>
    Lost,

    /// <summary>A JSON-RPC message.</summary>
    Message,

    /// <summary>An id without a message, so that the client can resume from here (revision 2025-11-25).</summary>
    Priming,

    /// <summary>The server closes the stream; the client resumes it after <see cref="SessionEvent.Retry"/> with <c>Last-Event-ID</c>.</summary>
    HangUp,

    /// <summary>The session's requests of the minute are used up: 429, and again after <see cref="SessionEvent.Retry"/>.</summary>
    OverQuota,
}

/// <summary>One item of a stream.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">The event id, unique within the session over all its activations; reveals nothing of the session id. Null: not resumable.</param>
/// <param name="Data">A JSON-RPC message in UTF-8, on one line.</param>
/// <param name="Retry">Reconnection time the client is asked to keep, or null.</param>
public readonly record struct SessionEvent(
    SessionEventKind Kind, string? Id = null, ReadOnlyMemory<byte> Data = default, TimeSpan? Retry = null);

/// <summary>Which stream to read, and from which event on.</summary>
/// <param name="StreamId">The stream of a post; 0 is the session's own (GET).</param>
/// <param name="LastEventId">
/// The last event that the client has received; contains the number of its stream. Null reads from the first undelivered event on.
/// </param>
public readonly record struct StreamRequest(long StreamId, string? LastEventId = null);
