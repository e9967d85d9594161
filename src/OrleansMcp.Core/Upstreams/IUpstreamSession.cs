using System.Text.Json;

namespace OrleansMcp.Upstreams;

/// <summary>The session on whose behalf a connection speaks to a server.</summary>
internal interface IUpstreamSession
{
    /// <summary>The session's secrets.</summary>
    IUpstreamSecrets Secrets { get; }

    /// <summary>The server sent a notification outside every request. Unknown ones are ignored.</summary>
    ValueTask NotifyAsync(string method, JsonElement parameters, CancellationToken cancellationToken);

    /// <summary>The server asks the session's client something outside every request.</summary>
    /// <returns>The result.</returns>
    /// <exception cref="ModelContextProtocol.McpException">The client does not answer; the message is for the server.</exception>
    ValueTask<JsonElement> AskAsync(string method, JsonElement parameters, CancellationToken cancellationToken);

    /// <summary>Charges bytes that were received outside every request.</summary>
    void Charge(long bytes);
}

/// <summary>The secrets of a session as a connection sees them.</summary>
internal interface IUpstreamSecrets
{
    /// <summary>Whether there is such a secret.</summary>
    bool Has(string name);

    /// <summary>Lets <paramref name="read"/> see a secret.</summary>
    /// <exception cref="SecretUnavailableException">There is no such secret.</exception>
    TResult Use<TState, TResult>(string name, TState state, Func<ReadOnlySpan<byte>, TState, TResult> read)
        where TState : allows ref struct;

    /// <summary>
    /// Keeps a secret under a name that neither clients nor tools can use, and zeroes it after its lifetime, or with the session. The buffer belongs to the
    /// session from here on.
    /// </summary>
    void Keep(string name, byte[] secret, TimeSpan lifetime);

    /// <summary>Zeroes and removes a secret that was kept.</summary>
    void Forget(string name);
}
