using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Yielding;

namespace OrleansMcp.Tests.Secrets;

/// <summary>A reference that passes everything on, for tests that step in between.</summary>
internal abstract class RelayedSession(ISession inner) : ISession
{
    public Task<SessionReply> OpenAsync(Caller caller, McpMessage initialize, CancellationToken cancellationToken) =>
        inner.OpenAsync(caller, initialize, cancellationToken);

    public Task<SessionRefusal?> OpenHandleAsync(Caller caller, HandleOpening opening, CancellationToken cancellationToken) =>
        inner.OpenHandleAsync(caller, opening, cancellationToken);

    public ValueTask<SessionReply> PostAsync(Caller caller, McpMessage message, PostOptions options, CancellationToken cancellationToken) =>
        inner.PostAsync(caller, message, options, cancellationToken);

    public ValueTask<SessionReply> PostBatchAsync(
        Caller caller, IReadOnlyList<McpMessage> messages, PostOptions options, CancellationToken cancellationToken) =>
        inner.PostBatchAsync(caller, messages, options, cancellationToken);

    public IAsyncEnumerable<SessionEvent> ListenAsync(Caller caller, StreamRequest stream, CancellationToken cancellationToken) =>
        inner.ListenAsync(caller, stream, cancellationToken);

    public Task<SessionReceipt?> EndAsync(Caller caller, CancellationToken cancellationToken) => inner.EndAsync(caller, cancellationToken);

    public ValueTask<SealingKeyReply> GetSealingKeyAsync(Caller caller, CancellationToken cancellationToken) =>
        inner.GetSealingKeyAsync(caller, cancellationToken);

    public virtual ValueTask<SecretReply> PutSecretAsync(
        Caller caller, string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken) =>
        inner.PutSecretAsync(caller, name, envelope, cancellationToken);

    public ValueTask<SecretReply> DeleteSecretAsync(Caller caller, string name, CancellationToken cancellationToken) =>
        inner.DeleteSecretAsync(caller, name, cancellationToken);

    public Task<OperatorReply> OperateAsync(OperatorRequest request, CancellationToken cancellationToken) =>
        inner.OperateAsync(request, cancellationToken);

    public Task<YieldReply> YieldAsync(YieldRequest request, CancellationToken cancellationToken) => inner.YieldAsync(request, cancellationToken);
}
