namespace OrleansMcp.Upstreams;

/// <summary>The connection of one session to one server. Requests may run at the same time.</summary>
internal interface IUpstreamConnection
{
    /// <summary>What the server can do; set once it is open.</summary>
    UpstreamGreeting Greeting { get; }

    /// <summary>Whether it can carry no more requests, so that another one must be opened.</summary>
    bool IsLost { get; }

    /// <summary>Finds out the server's era, and in the one with sessions begins one.</summary>
    /// <exception cref="UpstreamException">The server cannot be used.</exception>
    Task OpenAsync(IUpstreamExchange exchange, CancellationToken cancellationToken);

    /// <summary>Sends a request, and passes on what the server sends before its answer.</summary>
    /// <exception cref="UpstreamException">The server did not answer as the protocol says.</exception>
    /// <exception cref="UpstreamErrorException">It answered with an error.</exception>
    /// <exception cref="OperationCanceledException">The request was cancelled, and the server was told.</exception>
    ValueTask<UpstreamResult> RequestAsync(UpstreamRequest request, IUpstreamExchange exchange, CancellationToken cancellationToken);

    /// <summary>
    /// Wants to be told of changes of resources: of all of these, and of no others. In the era without sessions, this and changes of lists are asked for in one
    /// stream that stays open.
    /// </summary>
    /// <exception cref="UpstreamException">The server did not answer as the protocol says.</exception>
    /// <exception cref="UpstreamErrorException">It refused.</exception>
    Task WatchAsync(IReadOnlyCollection<string> uris, IUpstreamExchange exchange, CancellationToken cancellationToken);

    /// <summary>Sends a notification. Failures are not told: no answer is owed.</summary>
    ValueTask NotifyAsync(string method, CancellationToken cancellationToken);

    /// <summary>
    /// Ends the server's session, cancels what runs, and closes the sockets, whatever the server does. False when a session was open and the server did
    /// not confirm its end. Idempotent.
    /// </summary>
    Task<bool> CloseAsync(CancellationToken cancellationToken);
}
