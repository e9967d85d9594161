using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Upstream.Credentials;

namespace OrleansMcp.Upstream.Connections;

/// <summary>
/// Sends HTTP requests to the endpoint of one server for one session, over sockets that no other session uses: what is on them, credentials among it,
/// is of one session.
/// </summary>
internal sealed class HttpChannel : IDisposable
{
    private const int MaxSockets = 64;
    private const int LongestWait = 3600;
    private static readonly TimeSpan s_idle = TimeSpan.FromSeconds(90);

    private readonly UpstreamConfiguration _server;
    private readonly HeaderCredential? _credential;
    private readonly HttpMessageInvoker _http;

    /// <param name="server">The server.</param>
    /// <param name="connections">Opens sockets.</param>
    /// <param name="credential">What the server is shown of the session; null: nothing.</param>
    /// <param name="guard">Looks for it in what the server sends; null where there is none.</param>
    public HttpChannel(UpstreamConfiguration server, EgressConnections connections, HeaderCredential? credential, CredentialGuard? guard)
    {
        (_server, _credential, Guard) = (server, credential, guard);
        var handler = connections.CreateHandler(onlyPublic: !server.Private);
        handler.MaxConnectionsPerServer = MaxSockets;
        handler.PooledConnectionIdleTimeout = s_idle;
        handler.PlaintextStreamFilter = credential is null ? null : credential.FilterAsync;
        _http = new HttpMessageInvoker(handler);
    }

    /// <summary>Judges each message that comes over it; null where there is nothing to look for.</summary>
    public CredentialGuard? Guard { get; }

    /// <summary>Sends a message.</summary>
    /// <returns>A response with a status of 2xx, or one with a JSON-RPC message for <paramref name="acceptsErrors"/>.</returns>
    /// <exception cref="UpstreamException">There is none.</exception>
    public async Task<HttpResponseMessage> PostAsync(
        ReadOnlyMemory<byte> message, ConversationHeaders headers, IUpstreamExchange? exchange, bool acceptsErrors, CancellationToken cancellationToken)
    {
        var response = await SendAsync(new(HttpMethod.Post, "application/json, text/event-stream", headers, message), exchange, cancellationToken);
        if (response.IsSuccessStatusCode || (acceptsErrors && IsMessage(response, headers)))
        {
            return response;
        }

        using (response)
        {
            throw ProblemOf(response, headers);
        }
    }

    /// <summary>Opens a stream of the server's own, or goes on with one after an event. Null when the server has none.</summary>
    /// <exception cref="UpstreamException">The server cannot be used.</exception>
    public async Task<HttpResponseMessage?> ListenAsync(ConversationHeaders headers, string? lastEventId, IUpstreamExchange? exchange, CancellationToken cancellationToken)
    {
        var response = await SendAsync(new(HttpMethod.Get, "text/event-stream", headers, LastEventId: lastEventId), exchange, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            return response.StatusCode is HttpStatusCode.MethodNotAllowed or HttpStatusCode.BadRequest or HttpStatusCode.NotAcceptable
                ? null
                : throw ProblemOf(response, headers);
        }
    }

    /// <summary>Ends the server's session. False when the server did not confirm it; a server that ends none by request has none to leave behind.</summary>
    public async Task<bool> DeleteAsync(ConversationHeaders headers, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(new(HttpMethod.Delete, Accept: null, headers), exchange: null, cancellationToken);
        return response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotFound;
    }

    public void Dispose() => _http.Dispose();

    private Task<HttpResponseMessage> SendAsync(OutgoingRequest request, IUpstreamExchange? exchange, CancellationToken cancellationToken) => _credential is null
        ? SendOnceAsync(request, exchange, cancellationToken)
        : SendAsync(request, _credential, exchange, cancellationToken);

    /// <summary>Sends a request, and once more with another credential if the server did not accept the first.</summary>
    private async Task<HttpResponseMessage> SendAsync(
        OutgoingRequest request, HeaderCredential credential, IUpstreamExchange? exchange, CancellationToken cancellationToken)
    {
        var version = await credential.PrepareAsync(exchange, cancellationToken);
        var response = await SendOnceAsync(request, exchange, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
        {
            return response;
        }

        try
        {
            if (!await credential.RenewAsync(version, exchange, cancellationToken))
            {
                return response;
            }
        }
        catch
        {
            response.Dispose();
            throw;
        }

        response.Dispose();
        return await SendOnceAsync(request, exchange, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(OutgoingRequest request, IUpstreamExchange? exchange, CancellationToken cancellationToken)
    {
        if (exchange is not null && request.Method == HttpMethod.Post)
        {
            exchange.Charge(request.Body.Length);
            await exchange.CheckAsync(cancellationToken);
        }

        var message = request.ToMessage(_server.Url);
        if (_credential is not null)
        {
            message.Headers.TryAddWithoutValidation(_credential.Header, _credential.Value);
        }

        try
        {
            return await _http.SendAsync(message, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw Unwrap(e);
        }
        catch (ObjectDisposedException e)
        {
            throw new UpstreamException(_server.Name, UpstreamFault.Unavailable, "is not connected any more.", e);
        }
    }

    /// <summary>A status of 4xx with a JSON-RPC error in it is an answer, but for those that say something about the connection.</summary>
    private static bool IsMessage(HttpResponseMessage response, ConversationHeaders headers) =>
        (int)response.StatusCode is >= 400 and < 500
        && !(response.StatusCode == HttpStatusCode.NotFound && headers.SessionId is not null)
        && response.StatusCode is not (HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests)
        && response.Content.Headers.ContentType?.MediaType is "application/json" or "text/event-stream";

    private UpstreamException ProblemOf(HttpResponseMessage response, ConversationHeaders headers) => (int)response.StatusCode switch
    {
        401 or 403 => _credential?.Refused((int)response.StatusCode)
            ?? Problem(UpstreamFault.Unauthorized, string.Create(CultureInfo.InvariantCulture, $"wants a credential, and none is configured (HTTP {(int)response.StatusCode}).")),
        404 when headers.SessionId is not null => Problem(UpstreamFault.SessionLost, "does not know its session any more."),
        429 or 503 => new UpstreamException(_server.Name, UpstreamFault.Busy, "asks to come back later.") { RetryAfterSeconds = RetryAfter(response.Headers.RetryAfter) },
        >= 300 and < 400 => Problem(UpstreamFault.Unavailable, "redirects to another address, which is not followed: its URL is the operator's to set."),
        var status => Problem(UpstreamFault.Unavailable, string.Create(CultureInfo.InvariantCulture, $"answered with HTTP {status}.")),
    };

    private static int RetryAfter(RetryConditionHeaderValue? header) =>
        header?.Delta is { } delta ? (int)Math.Clamp(Math.Ceiling(delta.TotalSeconds), 1, LongestWait) : 1;

    private UpstreamException Problem(UpstreamFault fault, string message) => new(_server.Name, fault, message);

    /// <summary>What made a request fail: one of our own exceptions, or that the server is not there.</summary>
    private Exception Unwrap(HttpRequestException failure)
    {
        for (Exception? inner = failure; inner is not null; inner = inner.InnerException)
        {
            if (inner is UpstreamException or SecretUnavailableException)
            {
                return inner;
            }

            if (inner is EgressDeniedException)
            {
                return new UpstreamException(_server.Name, UpstreamFault.Unavailable, "has a private address, or none, and is not marked as private.", failure);
            }
        }

        return failure.HttpRequestError is HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError
            ? new UpstreamException(_server.Name, UpstreamFault.Unavailable, "cannot be reached.", failure)
            : new UpstreamException(_server.Name, UpstreamFault.Lost, "closed the connection before it answered.", failure);
    }
}
