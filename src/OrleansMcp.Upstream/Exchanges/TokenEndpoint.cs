using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Secrets;
using OrleansMcp.Secrets.Callers;
using OrleansMcp.Secrets.References;
using OrleansMcp.Upstream.Credentials;

namespace OrleansMcp.Upstream.Exchanges;

/// <summary>
/// Exchanges tokens of callers at token endpoints. Each exchange has a connection of its own, which closes after it. Tokens and the asker's secret are bytes in
/// pinned buffers, zeroed when the exchange is over; nothing is kept here.
/// </summary>
internal sealed partial class TokenEndpoint(EgressConnections connections, IReadOnlyList<ISecretSource> sources, TimeProvider time, ILogger logger)
{
    private const int MaxAnswer = 64 * 1024;
    private const int MaxHeaders = 16; // KiB
    private const int MaxClientSecret = 16 * 1024;
    private static readonly MediaTypeHeaderValue s_form = new("application/x-www-form-urlencoded");

    /// <summary>Obtains a token for a server. It belongs to the receiver, who zeroes it.</summary>
    /// <param name="server">The server.</param>
    /// <param name="exchange">How its tokens are obtained.</param>
    /// <param name="call">The request of the client, with the caller's token.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="UpstreamException">There is none.</exception>
    public async Task<ObtainedToken> ExchangeAsync(UpstreamConfiguration server, TokenExchange exchange, IUpstreamExchange call, CancellationToken cancellationToken)
    {
        if (call.CallerToken is not { } subject)
        {
            throw new UpstreamException(server.Name, UpstreamFault.Unauthorized,
                "needs a token that is obtained for a token of the caller's, and this call came without one: it was authenticated by an API key or a certificate.")
            {
                IsOfRequest = true,
            };
        }

        using var limit = new CancellationTokenSource(server.OpenTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var request = await WriteAsync(server, exchange, subject, both.Token);
            return await SendAsync(server, exchange, request, call, both.Token);
        }
        catch (OperationCanceledException e) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw Problem(server, UpstreamFault.Unavailable, "its token endpoint did not answer in time", innerException: e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw Problem(server, UpstreamFault.Unavailable, WhyUnreached(e), innerException: e);
        }
    }

    private async Task<ExchangeRequest> WriteAsync(UpstreamConfiguration server, TokenExchange exchange, CallerToken subject, CancellationToken cancellationToken)
    {
        var secret = await ReadClientSecretAsync(server, exchange, cancellationToken);
        try
        {
            return ExchangeRequest.Write(exchange, subject, secret);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    private async ValueTask<byte[]?> ReadClientSecretAsync(UpstreamConfiguration server, TokenExchange exchange, CancellationToken cancellationToken)
    {
        if (exchange.ClientSecret is not { } reference)
        {
            return null;
        }

        try
        {
            var source = sources.FirstOrDefault(source => source.Name == reference.Source)
                ?? throw new SecretSourceException($"This host reads no secrets from {reference.Source}.");
            return await source.ReadAsync(reference.Location, MaxClientSecret, cancellationToken);
        }
        catch (SecretSourceException e)
        {
            throw Problem(server, UpstreamFault.Unavailable, "the secret by which this server is known to the token endpoint cannot be read from its place", innerException: e);
        }
    }

    private async Task<ObtainedToken> SendAsync(
        UpstreamConfiguration server, TokenExchange exchange, ExchangeRequest request, IUpstreamExchange call, CancellationToken cancellationToken)
    {
        await call.CheckAsync(cancellationToken);
        var body = SecretBuffer.Allocate(MaxAnswer + 1);
        try
        {
            using var handler = HandlerOf(exchange, request, body);
            using var http = new HttpMessageInvoker(handler);
            call.Charge(request.Body.Placeholder.Length);
            using var response = await http.SendAsync(MessageOf(exchange, request), cancellationToken);
            var length = await ReadAsync(response, body, cancellationToken);
            call.Charge(length);
            return length > MaxAnswer
                ? throw Problem(server, UpstreamFault.Unavailable, "its token endpoint answered with too much")
                : Judge(server, response.StatusCode, body.AsSpan(0, length), call.CallerToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(body);
        }
    }

    private ObtainedToken Judge(UpstreamConfiguration server, HttpStatusCode status, ReadOnlySpan<byte> body, CallerToken? subject)
    {
        using var answer = TokenAnswer.Read(body);
        if (status != HttpStatusCode.OK)
        {
            throw answer.Error is { } error ? Problem(server, UpstreamFault.Unauthorized, $"its token endpoint gave none for the caller's ({error})", error)
                : (int)status is 429 or >= 500 ? Problem(server, UpstreamFault.Unavailable, $"its token endpoint does not serve now (HTTP {(int)status})")
                : (int)status is >= 300 and < 400 ? Problem(server, UpstreamFault.Unavailable, "its token endpoint redirects to another address, which is not followed")
                : Problem(server, UpstreamFault.Unauthorized, $"its token endpoint gave none for the caller's (HTTP {(int)status})");
        }

        if (answer.Take() is not { } obtained)
        {
            throw Problem(server, UpstreamFault.Unavailable, "its token endpoint answered with something that is no bearer token");
        }

        if (IsSame(obtained.Token, subject))
        {
            CryptographicOperations.ZeroMemory(obtained.Token);
            throw Problem(server, UpstreamFault.Unavailable, "its token endpoint gave the caller's own token back, which is not passed on");
        }

        return obtained;
    }

    private SocketsHttpHandler HandlerOf(TokenExchange exchange, ExchangeRequest request, byte[] body)
    {
        var handler = connections.CreateHandler(onlyPublic: !exchange.Private);
        handler.PooledConnectionLifetime = TimeSpan.Zero; // Used once.
        handler.MaxResponseDrainSize = 0;
        handler.MaxResponseHeadersLength = MaxHeaders;
        handler.PlaintextStreamFilter = (context, _) =>
        {
            var stream = new CredentialStream(context.PlaintextStream, request.Body);
            return new(new ErasingStream(request.Authorization is { } authorization ? new CredentialStream(stream, authorization) : stream, body));
        };
        return handler;
    }

    private static HttpRequestMessage MessageOf(TokenExchange exchange, ExchangeRequest request)
    {
        var message = new HttpRequestMessage(HttpMethod.Post, exchange.Endpoint) { Content = new ReadOnlyMemoryContent(request.Body.Placeholder) };
        message.Content.Headers.ContentType = s_form;
        message.Headers.ConnectionClose = true;
        message.Headers.TryAddWithoutValidation("Accept", "application/json");
        if (request.Authorization is { } authorization)
        {
            message.Headers.TryAddWithoutValidation("Authorization", "Basic " + authorization.Text);
        }

        return message;
    }

    private static async Task<int> ReadAsync(HttpResponseMessage response, byte[] body, CancellationToken cancellationToken)
    {
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = 0;
        while (length < body.Length && await stream.ReadAsync(body.AsMemory(length), cancellationToken) is > 0 and var read)
        {
            length += read;
        }

        return length;
    }

    private static bool IsSame(byte[] token, CallerToken? subject)
    {
        var isSame = false;
        subject?.TryUse(token, (bytes, token) => isSame = bytes.SequenceEqual(token));
        return isSame;
    }

    private static string WhyUnreached(Exception failure)
    {
        for (var inner = failure; inner is not null; inner = inner.InnerException)
        {
            if (inner is EgressDeniedException)
            {
                return "its token endpoint has a private address, or none, and is not marked as private";
            }
        }

        return "its token endpoint cannot be reached";
    }

    /// <param name="server">The server.</param>
    /// <param name="fault">What was wrong.</param>
    /// <param name="reason">Our own words, and nothing of an answer.</param>
    /// <param name="error">The endpoint's error.</param>
    /// <param name="innerException">What failed.</param>
    private UpstreamException Problem(UpstreamConfiguration server, UpstreamFault fault, string reason, string? error = null, Exception? innerException = null)
    {
        LogNone(logger, innerException, server.Name, reason);
        return new UpstreamException(server.Name, fault, $"needs a token, and {reason}.", innerException) { TokenError = error };
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No token was obtained for the server {Server}: {Reason}.")]
    private static partial void LogNone(ILogger logger, Exception? exception, string server, string reason);
}
