using System.Runtime.CompilerServices;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Yielding;
using OrleansMcp.Tools;

namespace OrleansMcp.Grains.Directory;

/// <summary>
/// A reference, for one request, to a session whose activation is in this process: each call is a method call. A passivated session throws
/// <see cref="SessionPassivatedException"/> before it does anything; from then on the calls go to its grain.
/// </summary>
internal sealed class LocalSession(SessionKey key, Session session, ClusterSessionDirectory directory, Catalogue catalogue, Outbox outbox) : ISession
{
    private ClusterSession? _remote; // set once the session was passivated

    public Task<SessionReply> OpenAsync(Caller caller, McpMessage initialize, CancellationToken cancellationToken) =>
        Leave().OpenAsync(caller, initialize, cancellationToken);

    public Task<SessionRefusal?> OpenHandleAsync(Caller caller, HandleOpening opening, CancellationToken cancellationToken) =>
        Leave().OpenHandleAsync(caller, opening, cancellationToken);

    public ValueTask<SessionReply> PostAsync(Caller caller, McpMessage message, PostOptions options, CancellationToken cancellationToken) =>
        _remote is not null || DeliveryMeta.Of(message) is not null ? Leave().PostAsync(caller, message, options, cancellationToken)
        : message.Method != Methods.ToolsCall ? PostUnnamedAsync(caller, message, options, mayRepeat: true, cancellationToken)
        : catalogue.MayRedeliver(message) ? PostNamedAsync(caller, message, options, cancellationToken)
        : PostUnnamedAsync(caller, message, options, mayRepeat: false, cancellationToken);

    public async ValueTask<SessionReply> PostBatchAsync(
        Caller caller, IReadOnlyList<McpMessage> messages, PostOptions options, CancellationToken cancellationToken)
    {
        if (_remote is null)
        {
            try
            {
                var reply = await session.PostBatchAsync(caller, messages, options, cancellationToken);
                if (reply.Kind != ReplyKind.Moved || messages.Any(message => message.Method == Methods.ToolsCall))
                {
                    return ClusterSession.Interrupted(reply, request: default);
                }
            }
            catch (SessionPassivatedException)
            {
            }

            await session.Retirement;
        }

        return await Leave().PostBatchAsync(caller, messages, options, cancellationToken);
    }

    public async IAsyncEnumerable<SessionEvent> ListenAsync(
        Caller caller, StreamRequest stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var events = _remote is null ? await BeginAsync(caller, stream, cancellationToken) : null;
        if (events is null)
        {
            await foreach (var item in Leave().ListenAsync(caller, stream, cancellationToken))
            {
                yield return item;
            }

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

    public Task<SessionReceipt?> EndAsync(Caller caller, CancellationToken cancellationToken) =>
        CallAsync(near => near.EndAsync(caller, cancellationToken), far => far.EndAsync(caller, cancellationToken));

    public async ValueTask<SealingKeyReply> GetSealingKeyAsync(Caller caller, CancellationToken cancellationToken) => await CallAsync(
        near => near.GetSealingKeyAsync(caller, cancellationToken).AsTask(), far => far.GetSealingKeyAsync(caller, cancellationToken).AsTask());

    public async ValueTask<SecretReply> PutSecretAsync(
        Caller caller, string name, ReadOnlyMemory<byte> envelope, CancellationToken cancellationToken) => await CallAsync(
        near => near.PutSecretAsync(caller, name, envelope, cancellationToken).AsTask(),
        far => far.PutSecretAsync(caller, name, envelope, cancellationToken).AsTask());

    public async ValueTask<SecretReply> DeleteSecretAsync(Caller caller, string name, CancellationToken cancellationToken) => await CallAsync(
        near => near.DeleteSecretAsync(caller, name, cancellationToken).AsTask(), far => far.DeleteSecretAsync(caller, name, cancellationToken).AsTask());

    public Task<OperatorReply> OperateAsync(OperatorRequest request, CancellationToken cancellationToken) =>
        CallAsync(near => near.OperateAsync(request, cancellationToken), far => far.OperateAsync(request, cancellationToken));

    public Task<YieldReply> YieldAsync(YieldRequest request, CancellationToken cancellationToken) =>
        CallAsync(near => near.YieldAsync(request, cancellationToken), far => far.YieldAsync(request, cancellationToken));

    /// <summary>Delivers a message that needs no delivery name, because it is delivered once or may run twice.</summary>
    private async ValueTask<SessionReply> PostUnnamedAsync(
        Caller caller, McpMessage message, PostOptions options, bool mayRepeat, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await session.PostAsync(caller, message, options, cancellationToken);
            if (reply.Kind != ReplyKind.Moved || !mayRepeat)
            {
                return ClusterSession.Interrupted(reply, message.Id);
            }
        }
        catch (SessionPassivatedException)
        {
        }

        await session.Retirement;
        return await Leave().PostAsync(caller, message, options, cancellationToken);
    }

    /// <summary>
    /// Delivers a tool call under a delivery name. If the session is passivated while it runs, its next activation gets the call under the
    /// same name and does not repeat the changes of state.
    /// </summary>
    private async ValueTask<SessionReply> PostNamedAsync(Caller caller, McpMessage message, PostOptions options, CancellationToken cancellationToken)
    {
        var name = outbox.Begin(key, Guid.NewGuid());
        var isSettled = true;
        try
        {
            var reply = await session.PostAsync(caller, message, options with { Delivery = name }, cancellationToken);
            if (reply.Kind != ReplyKind.Moved)
            {
                return reply;
            }

            isSettled = false;
        }
        catch (SessionPassivatedException)
        {
            isSettled = false;
        }
        finally
        {
            if (isSettled)
            {
                outbox.End(key, name);
            }
        }

        await session.Retirement;
        return await Leave().RedeliverAsync(caller, message, options with { Delivery = name }, cancellationToken);
    }

    /// <summary>
    /// Begins to read a stream. After the first item the session counts the reader and is not passivated for inactivity. Null when it was
    /// passivated before.
    /// </summary>
    private async Task<IAsyncEnumerator<SessionEvent>?> BeginAsync(Caller caller, StreamRequest stream, CancellationToken cancellationToken)
    {
        var events = session.ListenAsync(caller, stream, cancellationToken).GetAsyncEnumerator(cancellationToken);
        try
        {
            if (await events.MoveNextAsync())
            {
                return events;
            }
        }
        catch (SessionPassivatedException)
        {
            await session.Retirement;
        }
        catch
        {
            await events.DisposeAsync();
            throw;
        }

        await events.DisposeAsync();
        return null;
    }

    private async Task<T> CallAsync<T>(Func<Session, Task<T>> near, Func<ClusterSession, Task<T>> far)
    {
        if (_remote is null)
        {
            try
            {
                return await near(session);
            }
            catch (SessionPassivatedException)
            {
                await session.Retirement;
            }
        }

        return await far(Leave());
    }

    private ClusterSession Leave() => _remote ??= directory.GetRemote(key);
}
