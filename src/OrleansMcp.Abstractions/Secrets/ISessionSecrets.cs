namespace OrleansMcp;

/// <summary>
/// The secrets of one session, in memory only: they are lost when the session ends, with its activation, and with a restart. The session's
/// owner (<c>PUT /mcp/secrets/{name}</c>) or tools store them.
/// </summary>
public interface ISessionSecrets
{
    /// <summary>Whether the session holds a secret of that name now.</summary>
    bool Has(string name);

    /// <summary>
    /// Passes a secret to <paramref name="read"/>. The span is valid inside the callback only; the tool must erase what it copies. Keep
    /// callbacks short: the end of the session does not wait for them but zeroes the secret while they run, and this method then throws.
    /// </summary>
    /// <exception cref="SecretUnavailableException">
    /// The session holds no such secret, or was ended while the callback ran. When the tool does not catch it, the client gets its code.
    /// </exception>
    /// <exception cref="SecretUseException">The callback failed. Its exception might quote the secret and is not passed on.</exception>
    TResult Use<TResult>(string name, Func<ReadOnlySpan<byte>, TResult> read) => Use(name, read, static (secret, read) => read(secret));

    /// <summary>As <see cref="Use{TResult}"/>, with a state, so that the callback needs no closure.</summary>
    TResult Use<TState, TResult>(string name, TState state, Func<ReadOnlySpan<byte>, TState, TResult> read);

    /// <summary>
    /// Stores a copy of <paramref name="secret"/>, for tools that obtain one (a token exchange). Replaces and zeroes a former secret of
    /// that name. The caller must erase the argument.
    /// </summary>
    /// <exception cref="ArgumentException">The name is malformed; see <see cref="SecretName"/>.</exception>
    /// <exception cref="ModelContextProtocol.McpException">The session has ended, or may hold no further secret or none of this size.</exception>
    void Put(string name, ReadOnlySpan<byte> secret);

    /// <summary>Zeroes and removes a secret. False when there is none.</summary>
    bool Remove(string name);
}
