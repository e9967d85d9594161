using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Secrets.Callers;

namespace OrleansMcp.Upstreams;

/// <summary>A request of the session's client, for which a request is sent to a server.</summary>
internal interface IUpstreamExchange
{
    /// <summary>What the client can be asked.</summary>
    ClientCapabilities Capabilities { get; }

    /// <summary>What a server with sessions is told that the client can be asked: it is told once, and a client without sessions says it with each request.</summary>
    ClientCapabilities SessionCapabilities { get; }

    /// <summary>From which level on the client wants log messages of this request; null: it wants none.</summary>
    LoggingLevel? LogLevel { get; }

    /// <summary>The level that a server with sessions is told; null: it is told none, and what the client does not want is left out here.</summary>
    LoggingLevel? SessionLogLevel { get; }

    /// <summary>The client's <c>_meta</c>, or undefined.</summary>
    JsonElement Meta { get; }

    /// <summary>Whether the client wants to know the progress.</summary>
    bool WantsProgress { get; }

    /// <summary>The caller's verified token of this very request; null when it came without one, or is over.</summary>
    CallerToken? CallerToken { get; }

    /// <summary>Makes the session's secrets ready, before a request that carries one.</summary>
    ValueTask PrepareSecretsAsync(CancellationToken cancellationToken);

    /// <summary>Passes on a notification about this request. Waits for a slow client.</summary>
    ValueTask NotifyAsync(string method, JsonElement parameters, CancellationToken cancellationToken);

    /// <summary>Asks the client for something, on behalf of this request.</summary>
    /// <returns>The result.</returns>
    /// <exception cref="ModelContextProtocol.McpException">The client does not answer; the message is for the server.</exception>
    ValueTask<JsonElement> AskAsync(string method, JsonElement parameters, CancellationToken cancellationToken);

    /// <summary>Checks that the session may send and receive more, before a request.</summary>
    /// <exception cref="QuotaExceededException">It may not.</exception>
    ValueTask CheckAsync(CancellationToken cancellationToken);

    /// <summary>Charges bytes that were sent or received.</summary>
    void Charge(long bytes);

    /// <summary>Charges bytes that are held until the request is answered.</summary>
    /// <exception cref="QuotaExceededException">The client, its tenant or the process holds too much.</exception>
    void Hold(long bytes);
}
