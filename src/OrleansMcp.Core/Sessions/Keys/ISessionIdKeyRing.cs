namespace OrleansMcp.Sessions.Keys;

/// <summary>
/// Stores the keys that sign session ids. Another process than the server's may change them; a running server sees a change with its next
/// read.
/// </summary>
public interface ISessionIdKeyRing
{
    /// <summary>Reads the keys, and creates one when there are none. A server with other keys refuses all session ids issued before.</summary>
    /// <exception cref="IOException">The keys cannot be read or created, or are damaged.</exception>
    SessionIdKeys ReadOrCreate();

    /// <summary>The keys.</summary>
    /// <exception cref="SessionIdKeyException">There are no keys.</exception>
    /// <exception cref="IOException">The keys cannot be read, or are damaged.</exception>
    SessionIdKeys Read();

    /// <summary>Adds a key that issues from now on; the others still verify. Durable when it returns.</summary>
    /// <exception cref="SessionIdKeyException">There are no keys, or <see cref="SessionIdKeys.Most"/>.</exception>
    /// <exception cref="IOException">They cannot be written, or are damaged. Nothing changed.</exception>
    SessionIdKeyNames Rotate();

    /// <summary>Removes all keys but the newest: ids that the others signed no longer verify. Durable when it returns.</summary>
    /// <exception cref="SessionIdKeyException">There are no keys, or only one.</exception>
    /// <exception cref="IOException">They cannot be written, or are damaged. Nothing changed.</exception>
    SessionIdKeyNames Retire();
}

/// <summary>The names of keys after a change. A name tells a key from others and says nothing about it.</summary>
/// <param name="Issuing">The key that signs session ids from now on.</param>
/// <param name="Former">The keys that only verify.</param>
public sealed record SessionIdKeyNames(string Issuing, IReadOnlyList<string> Former)
{
    /// <summary>The names of <paramref name="keys"/>.</summary>
    public static SessionIdKeyNames Of(SessionIdKeys keys) => new(keys.Names[0], [.. keys.Names.Skip(1)]);
}

/// <summary>The keys that sign session ids are missing, or cannot be changed as asked. The message shows nothing of a key.</summary>
public sealed class SessionIdKeyException(string message) : IOException(message);
