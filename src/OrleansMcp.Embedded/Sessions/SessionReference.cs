using System.Runtime.CompilerServices;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;

namespace OrleansMcp.Embedded.Sessions;

/// <summary>
/// A reference to a session: finds the live actor or activates it, and does so again when the actor leaves memory in between.
/// </summary>
internal sealed class SessionReference(EmbeddedSessionDirectory directory, SessionKey key) : ISession
{
    public Task<SessionReply> OpenAsync(Caller caller, McpMessage initialize, CancellationToken cancellationToken) =>
        CallAsync(session => session.OpenAsync(caller, initialize, cancellationToken), SessionReply.NotFound, create: true);

    public Task<SessionRefusal?> OpenHandleAsync(Caller caller, IReadOnlyList<string>? permissions, CancellationToken cancellationToken) =>
        CallAsync(session => session.OpenHandleAsync(caller, permissions, cancellationToken), absent: null, create: true);

    public async ValueTask<SessionReply> PostAsync(
        Caller caller, McpMessage message, PostOptions options, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (!directory.TryGetLive(key, out var session))
            {
                session = await directory.ActivateAsync(key, create: false);
            }

            if (session is null)
            {
                return SessionReply.NotFound;
            }

            try
            {
                return await session.PostAsync(caller, message, options, cancellationToken);
            }
            catch (SessionPassivatedException)
            {
                await session.Retirement;
            }
        }
    }

    public async ValueTask<SessionReply> PostBatchAsync(
        Caller caller, IReadOnlyList<McpMessage> messages, PostOptions options, CancellationToken cancellationToken) =>
        await CallAsync(session => session.PostBatchAsync(caller, messages, options, cancellationToken).AsTask(), SessionReply.NotFound);

    public Task<SessionReceipt?> EndAsync(Caller caller, CancellationToken cancellationToken) =>
        CallAsync(session => session.EndAsync(caller, cancellationToken), absent: null);

    public async ValueTask<SealingKeyReply> GetSealingKeyAsync(Caller caller, CancellationToken cancellationToken) =>
        await CallAsync(session => session.GetSealingKeyAsync(caller, cancellationToken).AsTask(), SealingKeyReply.NotFound);

    public async ValueTask<SecretReply> PutSecretAsync(
        Caller caller, string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken) =>
        await CallAsync(session => session.PutSecretAsync(caller, name, envelope, cancellationToken).AsTask(), SecretReply.NotFound);

    public async ValueTask<SecretReply> DeleteSecretAsync(Caller caller, string name, CancellationToken cancellationToken) =>
        await CallAsync(session => session.DeleteSecretAsync(caller, name, cancellationToken).AsTask(), SecretReply.NotFound);

    public Task<OperatorReply> OperateAsync(OperatorRequest request, CancellationToken cancellationToken) =>
        CallAsync(session => session.OperateAsync(request, cancellationToken), OperatorReply.NotFound);

    public async IAsyncEnumerable<SessionEvent> ListenAsync(
        Caller caller, StreamRequest stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = await CallAsync(session => BeginAsync(session, caller, stream, cancellationToken), absent: null);
        if (events is null)
        {
            yield return new SessionEvent(SessionEventKind.NotFound);
            yield break;
        }

        await using (events)
        {
            do
            {
                yield return events.Current;
            }
            while (await events.MoveNextAsync());
        }
    }

    /// <summary>Begins to read. Once the first item is there, the actor counts the listener and does not leave memory.</summary>
    private static async Task<IAsyncEnumerator<SessionEvent>?> BeginAsync(
        Session session, Caller caller, StreamRequest stream, CancellationToken cancellationToken)
    {
        var events = session.ListenAsync(caller, stream, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            if (await events.MoveNextAsync())
            {
                return events;
            }
        }
        catch
        {
            await events.DisposeAsync();
            throw;
        }

        await events.DisposeAsync();
        return null;
    }

    private async Task<T> CallAsync<T>(Func<Session, Task<T>> call, T absent, bool create = false)
    {
        while (true)
        {
            var session = await directory.ActivateAsync(key, create);
            if (session is null)
            {
                return absent;
            }

            try
            {
                return await call(session);
            }
            catch (SessionPassivatedException)
            {
                await session.Retirement;
            }
        }
    }
}
