namespace OrleansMcp.Sessions.Keys;

/// <summary>
/// Where the keys that sign session ids are kept. Changes may be made by another process than the server's; a server that is running sees
/// them when it reads the next time.
/// </summary>
public interface ISessionIdKeyRing
{
    /// <summary>The keys; made when there are none yet. Without them, ids of former lives are worthless.</summary>
    /// <exception cref="IOException">They cannot be read, made, or are damaged.</exception>
    SessionIdKeys ReadOrCreate();

    /// <summary>The keys.</summary>
    /// <exception cref="SessionIdKeyException">There are none.</exception>
    /// <exception cref="IOException">They cannot be read, or are damaged.</exception>
    SessionIdKeys Read();

    /// <summary>Puts a new key before the others, which go on verifying. Durable when it returns.</summary>
    /// <exception cref="SessionIdKeyException">There are none, or as many as are kept.</exception>
    /// <exception cref="IOException">They cannot be written, or are damaged. Nothing changed.</exception>
    SessionIdKeyNames Rotate();

    /// <summary>Removes all keys but the newest: ids that the others signed are forged from then on. Durable when it returns.</summary>
    /// <exception cref="SessionIdKeyException">There are none, or only one.</exception>
    /// <exception cref="IOException">They cannot be written, or are damaged. Nothing changed.</exception>
    SessionIdKeyNames Retire();
}

/// <summary>The names of keys after a change. A name tells a key from others and says nothing about it.</summary>
/// <param name="Issuing">The key that signs session ids from now on.</param>
/// <param name="Former">Those whose ids are valid all the same.</param>
public sealed record SessionIdKeyNames(string Issuing, IReadOnlyList<string> Former)
{
    /// <summary>The names of <paramref name="keys"/>.</summary>
    public static SessionIdKeyNames Of(SessionIdKeys keys) => new(keys.Names[0], [.. keys.Names.Skip(1)]);
}

/// <summary>What is wrong with the keys that sign session ids, or with what is asked of them. Shows nothing of a key.</summary>
public sealed class SessionIdKeyException(string message) : IOException(message);
