using OrleansMcp.Protocol;

namespace OrleansMcp.Sessions;

/// <summary>
/// One session, wherever its actor lives. An instance is a reference: obtaining it does nothing, each call finds or activates
/// the single actor behind it. All arguments and results are plain data, so that a grain reference can implement it.
/// </summary>
/// <remarks>
/// Every method compares the caller with the owner inside the actor, whatever the front end has already checked. A stranger,
/// an unknown session and an ended one get the same answer: <see cref="ReplyKind.NotFound"/>.
/// </remarks>
public interface ISession
{
    /// <summary>
    /// Creates the session, owned by <paramref name="caller"/>, and answers its <c>initialize</c>. The only way a session comes
    /// into being. Refused with 429 when the client is at its session cap.
    /// </summary>
    Task<SessionReply> OpenAsync(Caller caller, McpMessage initialize, CancellationToken cancellationToken);

    /// <summary>
    /// Creates a session without a handshake, for a client of 2026-07-28 that asked for an isolated state of its own.
    /// Returns a refusal message, or null when the session is open.
    /// </summary>
    /// <param name="caller">The owner to be.</param>
    /// <param name="permissions">The permissions it asks for at most, well formed; null: all it may have.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<SessionRefusal?> OpenHandleAsync(Caller caller, IReadOnlyList<string>? permissions, CancellationToken cancellationToken);

    /// <summary>Delivers one message. Returns when it is answered, accepted, refused, or when the answer begins to stream.</summary>
    /// <param name="caller">Who sent it.</param>
    /// <param name="message">The message as it came.</param>
    /// <param name="options">What the transport said about it.</param>
    /// <param name="cancellationToken">For a client of 2026-07-28, cancels the call; earlier revisions survive a dropped connection.</param>
    ValueTask<SessionReply> PostAsync(Caller caller, McpMessage message, PostOptions options, CancellationToken cancellationToken);

    /// <summary>Delivers a JSON-RPC batch (revision 2025-03-26 only). The answer is one JSON array, or one stream.</summary>
    ValueTask<SessionReply> PostBatchAsync(
        Caller caller, IReadOnlyList<McpMessage> messages, PostOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Reads a stream: the one a post returned, the session's own (GET), or any of them from where it broke off
    /// (<c>Last-Event-ID</c>). The first item is <see cref="SessionEventKind.Opened"/> or tells why there is no stream.
    /// </summary>
    IAsyncEnumerable<SessionEvent> ListenAsync(Caller caller, StreamRequest stream, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the session on its owner's word: calls cancelled, secrets zeroed, record deleted, receipt. What is answered is durable.
    /// Null when there is no such session for this caller. Running it twice is harmless.
    /// </summary>
    Task<SessionReceipt?> EndAsync(Caller caller, CancellationToken cancellationToken);

    /// <summary>The key to seal secrets to (see <see cref="Secrets.SealedSecret"/>). It changes with every activation of the actor.</summary>
    ValueTask<SealingKeyReply> GetSealingKeyAsync(Caller caller, CancellationToken cancellationToken);

    /// <summary>
    /// Gives the session a secret, or replaces the one of that name. Only the sealed form crosses this interface: arguments of calls may
    /// be copied into buffers, logs and dumps.
    /// </summary>
    /// <param name="caller">The session's owner.</param>
    /// <param name="name">The secret's name; see <see cref="SecretName"/>.</param>
    /// <param name="envelope">
    /// Sealed to the key of <see cref="GetSealingKeyAsync"/>. Refused as <see cref="SecretRefusals.StaleKey"/> when the actor has left
    /// memory in between.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<SecretReply> PutSecretAsync(Caller caller, string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken);

    /// <summary>Zeroes and forgets a secret.</summary>
    ValueTask<SecretReply> DeleteSecretAsync(Caller caller, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Does what an operator asks. The one method without a caller: it reaches a session of the tenant that the request names, and can only
    /// look at it, take permissions away from it, or end it. Running it twice is harmless.
    /// </summary>
    /// <exception cref="IOException">What was asked could not be made durable, and did not happen.</exception>
    Task<OperatorReply> OperateAsync(OperatorRequest request, CancellationToken cancellationToken);
}
