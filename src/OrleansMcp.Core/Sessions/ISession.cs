using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Yielding;

namespace OrleansMcp.Sessions;

/// <summary>
/// A reference to one session, on any silo. Obtaining it does nothing; each call finds or activates the single actor of the session. All
/// arguments and results are plain data, so that a grain can be called with them.
/// </summary>
/// <remarks>
/// In every method that takes a caller, the actor compares the caller with the owner, although the front end has checked the session id.
/// For a stranger, an unknown session and an ended one the answer is the same: <see cref="ReplyKind.NotFound"/>.
/// </remarks>
public interface ISession
{
    /// <summary>
    /// Creates the session, owned by <paramref name="caller"/>, and answers its <c>initialize</c>. Only this method and
    /// <see cref="OpenHandleAsync"/> create sessions. Refused with 429 when the client has as many sessions as it may.
    /// </summary>
    Task<SessionReply> OpenAsync(Caller caller, McpMessage initialize, CancellationToken cancellationToken);

    /// <summary>
    /// Creates a session without a handshake, for a client of 2026-07-28 that asked for an isolated state of its own. Returns why it was
    /// refused, or null when the session is open.
    /// </summary>
    /// <param name="caller">The owner of the new session.</param>
    /// <param name="opening">What it is opened with.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    Task<SessionRefusal?> OpenHandleAsync(Caller caller, HandleOpening opening, CancellationToken cancellationToken);

    /// <summary>Delivers one message. Completes when the message is answered, accepted or refused, or when its answer begins to stream.</summary>
    /// <param name="caller">The sender.</param>
    /// <param name="message">The message.</param>
    /// <param name="options">What the transport knows about the message.</param>
    /// <param name="cancellationToken">Cancels the call for a client of 2026-07-28; calls of earlier revisions outlive a dropped connection.</param>
    ValueTask<SessionReply> PostAsync(Caller caller, McpMessage message, PostOptions options, CancellationToken cancellationToken);

    /// <summary>Delivers a JSON-RPC batch (revision 2025-03-26 only). The answer is one JSON array, or one stream.</summary>
    ValueTask<SessionReply> PostBatchAsync(
        Caller caller, IReadOnlyList<McpMessage> messages, PostOptions options, CancellationToken cancellationToken);

    /// <summary>
    /// Reads a stream: the one that a post returned, the session's own (GET), or either from a given event on (<c>Last-Event-ID</c>). The
    /// first item is <see cref="SessionEventKind.Opened"/>, or says why there is no stream.
    /// </summary>
    IAsyncEnumerable<SessionEvent> ListenAsync(Caller caller, StreamRequest stream, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the session for its owner: cancels calls, zeroes secrets, deletes the record and returns the receipt. The end is durable on
    /// return. Null when the caller has no such session. Idempotent.
    /// </summary>
    Task<SessionReceipt?> EndAsync(Caller caller, CancellationToken cancellationToken);

    /// <summary>The public key to seal secrets to (see <see cref="Secrets.SealedSecret"/>). Every activation of the actor has another one.</summary>
    ValueTask<SealingKeyReply> GetSealingKeyAsync(Caller caller, CancellationToken cancellationToken);

    /// <summary>
    /// Stores a secret in the session, or replaces the one of that name. Secrets cross this interface sealed, because arguments of calls
    /// may be copied into buffers, logs and dumps.
    /// </summary>
    /// <param name="caller">The session's owner.</param>
    /// <param name="name">The secret's name; see <see cref="SecretName"/>.</param>
    /// <param name="envelope">
    /// The secret, sealed to the key of <see cref="GetSealingKeyAsync"/>. Refused with <see cref="SecretRefusals.StaleKey"/> when the actor
    /// was deactivated in between.
    /// </param>
    /// <param name="cancellationToken">Cancels the call.</param>
    ValueTask<SecretReply> PutSecretAsync(Caller caller, string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken);

    /// <summary>Zeroes and removes a secret.</summary>
    ValueTask<SecretReply> DeleteSecretAsync(Caller caller, string name, CancellationToken cancellationToken);

    /// <summary>
    /// Executes an operator's request. Without a caller, as <see cref="YieldAsync"/>: the request names the session's tenant, and can only inspect the
    /// session, revoke permissions of it, or end it. Idempotent.
    /// </summary>
    /// <exception cref="IOException">The change could not be made durable, and did not happen.</exception>
    Task<OperatorReply> OperateAsync(OperatorRequest request, CancellationToken cancellationToken);

    /// <summary>Asks the session to end, because its client opens another one and has as many as it may. Idempotent.</summary>
    /// <exception cref="IOException">The end could not be made durable.</exception>
    Task<YieldReply> YieldAsync(YieldRequest request, CancellationToken cancellationToken);
}
