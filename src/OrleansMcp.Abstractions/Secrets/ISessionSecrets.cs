namespace OrleansMcp;

/// <summary>
/// The secrets of one session, in memory only: gone with the session, with its activation and with a restart. They are given by the
/// session's owner (<c>PUT /mcp/secrets/{name}</c>) or by tools.
/// </summary>
public interface ISessionSecrets
{
    /// <summary>Whether the session holds a secret of that name now.</summary>
    bool Has(string name);

    /// <summary>
    /// Lets <paramref name="read"/> see a secret. The span is valid inside the callback only; what is copied out of it is the tool's to
    /// erase. Keep callbacks short: the end of the session does not wait for them but zeroes the secret under them, and this method
    /// throws then.
    /// </summary>
    /// <exception cref="SecretUnavailableException">The session holds no such secret (any more). Let it pass: the client is told.</exception>
    /// <exception cref="SecretUseException">The callback failed; its exception might quote the secret and is withheld.</exception>
    TResult Use<TResult>(string name, Func<ReadOnlySpan<byte>, TResult> read) => Use(name, read, static (secret, read) => read(secret));

    /// <summary>As <see cref="Use{TResult}"/>, with a state that saves the callback a closure.</summary>
    TResult Use<TState, TResult>(string name, TState state, Func<ReadOnlySpan<byte>, TState, TResult> read);

    /// <summary>
    /// Keeps a copy of <paramref name="secret"/>, for tools that obtain one (a token exchange). Replaces and zeroes a former secret of
    /// that name. The caller erases what it passed.
    /// </summary>
    /// <exception cref="ArgumentException">The name is not one; see <see cref="SecretName"/>.</exception>
    /// <exception cref="ModelContextProtocol.McpException">The session has ended, or may not hold (so large) a secret.</exception>
    void Put(string name, ReadOnlySpan<byte> secret);

    /// <summary>Zeroes and forgets a secret. False when there was none.</summary>
    bool Remove(string name);
}
