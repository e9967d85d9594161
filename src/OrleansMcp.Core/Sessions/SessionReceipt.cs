using System.Text.Json.Serialization;

namespace OrleansMcp.Sessions;

/// <summary>Why a session ended.</summary>
public enum SessionEndReason
{
    /// <summary>The owner ended it (DELETE, or <c>session_close</c>).</summary>
    [JsonStringEnumMemberName("closed")]
    Closed,

    /// <summary>No message for longer than the idle timeout.</summary>
    [JsonStringEnumMemberName("idle")]
    Idle,

    /// <summary>Its absolute lifetime is over.</summary>
    [JsonStringEnumMemberName("expired")]
    Expired,

    /// <summary>An operator ended it.</summary>
    [JsonStringEnumMemberName("operator")]
    Operator = 4, // numbers are part of the wire format

    /// <summary>It made room for another session of its client, which had as many as it may.</summary>
    [JsonStringEnumMemberName("evicted")]
    Evicted = 5,
}

/// <summary>Proof of a session's end, given to the caller, to the audit and to the metrics.</summary>
/// <param name="Reason">Why it ended.</param>
/// <param name="OpenedAt">When it was opened, UTC.</param>
/// <param name="EndedAt">When the end began, UTC. No message was admitted from then on.</param>
/// <param name="CallsCancelled">Calls that were running and were cancelled.</param>
/// <param name="SecretsCleared">Secret buffers overwritten with zeros.</param>
/// <param name="ServersClosed">Connections to other servers that were closed, and whose servers confirmed the end of their sessions or keep none.</param>
public sealed record SessionReceipt(
    SessionEndReason Reason, DateTimeOffset OpenedAt, DateTimeOffset EndedAt, int CallsCancelled, int SecretsCleared, int ServersClosed = 0);
