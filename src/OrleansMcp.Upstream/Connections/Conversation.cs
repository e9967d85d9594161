using System.Text.Json;
using ModelContextProtocol;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Upstream.Messages;

namespace OrleansMcp.Upstream.Connections;

/// <summary>What is the same in both eras: requests and their answers over <see cref="HttpChannel"/>.</summary>
internal abstract class Conversation(UpstreamConfiguration server, HttpChannel http, IUpstreamSession session, TimeProvider time)
{
    // What a server may send before an answer: more tells nobody anything.
    private const int MaxMessages = 10_000;

    // Of a stream that belongs to no request; one that says more is closed, and not opened again.
    private const int MaxInWindow = 200;
    private static readonly TimeSpan s_window = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _closed = new(); // never disposed: requests may link to it at any moment
    private long _lastId;
    private volatile bool _isLost;

    public abstract UpstreamGreeting Greeting { get; }

    /// <summary>Whether the server does not know its session any more.</summary>
    public bool IsLost => _isLost;

    protected UpstreamConfiguration Server => server;

    protected TimeProvider Time => time;

    protected HttpChannel Http => http;

    protected IUpstreamSession Session => session;

    /// <summary>Cancelled when the connection closes.</summary>
    protected CancellationToken Closed => _closed.Token;

    protected long NextId() => Interlocked.Increment(ref _lastId);

    /// <inheritdoc cref="IUpstreamConnection.RequestAsync"/>
    public async ValueTask<UpstreamResult> RequestAsync(UpstreamRequest request, IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        var id = NextId();
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Closed);
        try
        {
            await using var messages = await SendAsync(id, request, exchange, both.Token);
            return await ReadAnswerAsync(messages, id, exchange, both.Token) ?? await ResumeAsync(messages, id, exchange, both.Token);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Cancelled(id);
            throw;
        }
        catch (UpstreamException e) when (e.Fault == UpstreamFault.SessionLost)
        {
            _isLost = true;
            throw;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or HttpRequestException)
        {
            throw Lost(e);
        }
    }

    /// <summary>Ends what runs. Nothing can be sent afterwards.</summary>
    public virtual async Task<bool> CloseAsync(CancellationToken cancellationToken)
    {
        await _closed.CancelAsync();
        http.Dispose();
        return true;
    }

    /// <inheritdoc cref="IUpstreamConnection.WatchAsync"/>
    public abstract Task WatchAsync(IReadOnlyCollection<string> uris, IUpstreamExchange exchange, CancellationToken cancellationToken);

    public virtual ValueTask NotifyAsync(string method, CancellationToken cancellationToken) => default;

    /// <summary>Sends a request and opens its response.</summary>
    protected abstract Task<MessageStream> SendAsync(long id, UpstreamRequest request, IUpstreamExchange exchange, CancellationToken cancellationToken);

    /// <summary>Goes on with a response that ended before its answer.</summary>
    protected virtual Task<UpstreamResult> ResumeAsync(MessageStream ended, long id, IUpstreamExchange exchange, CancellationToken cancellationToken) =>
        throw Lost(innerException: null);

    /// <summary>The server is to be told that a request was cancelled.</summary>
    protected virtual void Cancelled(long id)
    {
    }

    /// <summary>Answers a request of the server, which belongs to <paramref name="exchange"/> or to none.</summary>
    protected virtual void Answer(UpstreamMessage request, IUpstreamExchange? exchange)
    {
    }

    protected MessageStream Open(HttpResponseMessage response, IUpstreamExchange? exchange) => MessageStream.Open(
        response, server.Name, server.MaxAnswerBytes, exchange is null ? session.Charge : exchange.Charge, exchange is null ? null : exchange.Hold, http.Guard);

    /// <summary>Reads a response until the answer of a request. Null when it ends before.</summary>
    protected async Task<UpstreamResult?> ReadAnswerAsync(MessageStream messages, long id, IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        var count = 0;
        while (await messages.NextAsync(cancellationToken) is { } message)
        {
            if (message.Answers(id))
            {
                return Result(message);
            }

            if (++count > MaxMessages)
            {
                message.Dispose();
                throw new UpstreamException(server.Name, UpstreamFault.TooMuch, $"sent more than {MaxMessages} messages before its answer.");
            }

            await TakeAsync(message, id, exchange, cancellationToken);
        }

        return null;
    }

    protected UpstreamException Lost(Exception? innerException) =>
        new(server.Name, UpstreamFault.Lost, "ended the connection before it answered.", innerException);

    /// <summary>
    /// Keeps a stream open that belongs to no request, and opens it anew when it ends, after a pause that grows while nothing comes.
    /// </summary>
    /// <param name="open">Opens the stream; null when the server has none.</param>
    /// <param name="begun">Completes with the first answer, whatever it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    protected async Task KeepListeningAsync(
        Func<string, CancellationToken, Task<HttpResponseMessage?>> open, TaskCompletionSource? begun, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var (lastEventId, pause) = ("", s_firstPause);
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var response = await open(lastEventId, cancellationToken);
                begun?.TrySetResult();
                if (response is null)
                {
                    return;
                }

                await using var messages = Open(response, exchange: null);
                var (count, since) = (0, time.GetTimestamp());
                while (await messages.NextAsync(cancellationToken) is { } message)
                {
                    pause = s_firstPause;
                    await TakeOwnAsync(message, cancellationToken);
                    (count, since) = time.GetElapsedTime(since) < s_window ? (count + 1, since) : (0, time.GetTimestamp());
                    if (count > MaxInWindow)
                    {
                        throw new UpstreamException(server.Name, UpstreamFault.TooMuch, $"sent more than {MaxInWindow} messages that nobody asked for.");
                    }
                }

                lastEventId = messages.LastEventId;
            }
            catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException
                || e is UpstreamException { Fault: UpstreamFault.Busy or UpstreamFault.Unavailable or UpstreamFault.Lost })
            {
                lastEventId = "";
            }
            catch (Exception e) when (e is UpstreamException or SecretUnavailableException)
            {
                return; // It is not asked again: the next request shows what is wrong.
            }
            finally
            {
                begun?.TrySetResult();
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause;
        }
    }

    private async ValueTask TakeOwnAsync(UpstreamMessage message, CancellationToken cancellationToken)
    {
        if (message.IsRequest)
        {
            Answer(message, exchange: null);
            return;
        }

        using (message)
        {
            if (message.Method is { } method)
            {
                await session.NotifyAsync(method, message.Params, cancellationToken);
            }
        }
    }

    private async ValueTask TakeAsync(UpstreamMessage message, long id, IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        if (message.IsRequest)
        {
            Answer(message, exchange); // Disposes of it when it is answered.
            return;
        }

        using (message)
        {
            if (message.Method == ModelContextProtocol.Protocol.NotificationMethods.ProgressNotification)
            {
                if (IsProgressOf(message, id))
                {
                    await exchange.NotifyAsync(message.Method, message.Params, cancellationToken);
                }
            }
            else if (message.Method == ModelContextProtocol.Protocol.NotificationMethods.LoggingMessageNotification)
            {
                await exchange.NotifyAsync(message.Method, message.Params, cancellationToken);
            }
            else if (message.Method is { } method)
            {
                await session.NotifyAsync(method, message.Params, cancellationToken);
            }
        }
    }

    private UpstreamResult Result(UpstreamMessage message)
    {
        if (message.Result.ValueKind == JsonValueKind.Object)
        {
            return message.TakeResult();
        }

        using (message)
        {
            var error = message.Error;
            if (error.ValueKind != JsonValueKind.Object || !error.TryGetProperty("code"u8, out var code) || code.ValueKind != JsonValueKind.Number || !code.TryGetInt32(out var number)
                || !error.TryGetProperty("message"u8, out var text) || text.ValueKind != JsonValueKind.String)
            {
                throw new UpstreamException(server.Name, UpstreamFault.Invalid, "answered with neither a result nor an error.");
            }

            throw new UpstreamErrorException(server.Name, number, text.GetString()!, error.TryGetProperty("data"u8, out var data) ? data.Clone() : default);
        }
    }

    private static bool IsProgressOf(UpstreamMessage message, long id) =>
        message.Params.ValueKind == JsonValueKind.Object && message.Params.TryGetProperty("progressToken"u8, out var token)
        && token.ValueKind == JsonValueKind.Number && token.TryGetInt64(out var number) && number == id;
}
