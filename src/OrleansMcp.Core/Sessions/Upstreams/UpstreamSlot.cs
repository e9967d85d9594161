using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>
/// The place of one server in a session: its connection, opened by the first request and again when it was lost. A server that could not be used is left
/// alone for a while, longer each time; requests until then fail at once.
/// </summary>
internal sealed partial class UpstreamSlot(
    UpstreamConfiguration server, IUpstreamConnector connector, IUpstreamSession session, string name, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _turn = new(1, 1); // held while the connection is opened or closed; guards the fields below
    private volatile IUpstreamConnection? _connection;
    private UpstreamException? _failure;
    private DateTimeOffset _retryAt;
    private TimeSpan _pause;
    private volatile bool _isClosed; // set without the turn: what is opened afterwards is closed again

    /// <summary>The server as it was configured when the slot was made.</summary>
    public UpstreamConfiguration Server => server;

    /// <summary>Opens the connection, if it is not.</summary>
    /// <exception cref="UpstreamException">The server cannot be used.</exception>
    public async ValueTask<IUpstreamConnection> OpenAsync(IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        if (_connection is { IsLost: false } open)
        {
            return open;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            return _connection is { IsLost: false } opened ? opened : await OpenInTurnAsync(exchange, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Called with each connection that was opened, before anything else is sent over it.</summary>
    public Func<IUpstreamConnection, IUpstreamExchange, CancellationToken, Task>? Opened { get; set; }

    /// <summary>The connection, if it is open.</summary>
    public IUpstreamConnection? Current => _connection is { IsLost: false } open ? open : null;

    /// <summary>Sends a request, over a new connection if the server has lost the session.</summary>
    /// <inheritdoc cref="IUpstreamConnection.RequestAsync"/>
    public async ValueTask<UpstreamResult> RequestAsync(UpstreamRequest request, IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        var connection = await OpenAsync(exchange, cancellationToken);
        try
        {
            return await connection.RequestAsync(request, exchange, cancellationToken);
        }
        catch (UpstreamException e) when (e.Fault == UpstreamFault.SessionLost)
        {
            // The server has refused the request, so that it cannot have run.
            connection = await OpenAsync(exchange, cancellationToken);
            return await connection.RequestAsync(request, exchange, cancellationToken);
        }
    }

    /// <summary>Closes the connection for good. True when one was open and the server has confirmed the end; null when none was.</summary>
    public async Task<bool?> CloseAsync(CancellationToken cancellationToken)
    {
        _isClosed = true;
        try
        {
            await _turn.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            LogUnconfirmed(logger, name, server.Name);
            return false;
        }

        try
        {
            var connection = _connection;
            _connection = null;
            return connection is null ? null : await EndAsync(connection, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<IUpstreamConnection> OpenInTurnAsync(IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        ThrowIfClosed();
        if (_failure is { } failure && _retryAt - time.GetUtcNow() is { Ticks: > 0 } left)
        {
            throw new UpstreamException(server.Name, failure.Fault, "could not be used a moment ago, and is not asked again yet.", failure)
            {
                RetryAfterSeconds = Seconds(left), Secret = failure.Secret, TokenError = failure.TokenError,
            };
        }

        if (_connection is { } lost)
        {
            _connection = null;
            await EndAsync(lost, cancellationToken);
        }

        await exchange.PrepareSecretsAsync(cancellationToken);
        var connection = connector.Connect(server, session);
        try
        {
            await OpenInTimeAsync(connection, exchange, cancellationToken);
            ThrowIfClosed();
            (_failure, _pause) = (null, TimeSpan.Zero);
            _connection = connection;
            return connection;
        }
        catch (Exception e)
        {
            await connection.CloseAsync(CancellationToken.None);
            if (e is UpstreamException { IsOfRequest: false } problem)
            {
                Remember(problem);
            }

            throw;
        }
    }

    private void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw new UpstreamException(server.Name, UpstreamFault.Unavailable, "is not connected any more: the session is ending, or the server is configured otherwise.");
        }
    }

    private async Task OpenInTimeAsync(IUpstreamConnection connection, IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(server.OpenTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await connection.OpenAsync(exchange, both.Token);
            if (Opened is { } opened)
            {
                await opened(connection, exchange, both.Token);
            }
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UpstreamException(server.Name, UpstreamFault.Unavailable, "did not answer in time.", e);
        }
    }

    private void Remember(UpstreamException failure)
    {
        LogUnused(logger, failure, name, server.Name);
        _pause = failure.Fault == UpstreamFault.Unauthorized ? s_firstPause // The next attempt may well have another credential.
            : failure.RetryAfterSeconds > 0 ? TimeSpan.FromSeconds(failure.RetryAfterSeconds)
            : _pause == TimeSpan.Zero ? s_firstPause
            : _pause * 2 < s_longestPause ? _pause * 2
            : s_longestPause;
        (_failure, _retryAt) = (failure, time.GetUtcNow() + _pause);
    }

    private async Task<bool> EndAsync(IUpstreamConnection connection, CancellationToken cancellationToken)
    {
        var isConfirmed = await connection.CloseAsync(cancellationToken);
        if (!isConfirmed)
        {
            LogUnconfirmed(logger, name, server.Name);
        }

        return isConfirmed;
    }

    private static int Seconds(TimeSpan time) => (int)Math.Max(1, Math.Ceiling(time.TotalSeconds));

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} cannot use the server {Server}.")]
    private static partial void LogUnused(ILogger logger, Exception exception, string session, string server);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The server {Server} did not confirm that its session of {Session} has ended.")]
    private static partial void LogUnconfirmed(ILogger logger, string session, string server);
}
