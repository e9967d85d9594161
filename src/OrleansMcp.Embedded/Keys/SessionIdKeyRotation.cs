using OrleansMcp.Embedded.Files;

namespace OrleansMcp.Embedded.Keys;

/// <summary>The names of keys after a change. A name tells a key from others and says nothing about it.</summary>
/// <param name="Issuing">The key that signs session ids from now on.</param>
/// <param name="Former">Those whose ids are valid all the same.</param>
public sealed record SessionIdKeyNames(string Issuing, IReadOnlyList<string> Former);

/// <summary>Changes the keys that sign session ids, also while a server runs on the data folder: it follows within seconds.</summary>
public static class SessionIdKeyRotation
{
    /// <summary>Makes a new key issue; all that were there go on verifying.</summary>
    /// <exception cref="IOException">The folder has no keys, they are damaged, there are too many, or they cannot be written. Nothing changed.</exception>
    public static SessionIdKeyNames Rotate(string dataFolder) => Names(In(dataFolder).Rotate());

    /// <summary>Makes all keys but the one that issues invalid, and with them the sessions whose ids they signed unknown to their clients.</summary>
    /// <exception cref="IOException">The folder has no former keys, they are damaged, or they cannot be written. Nothing changed.</exception>
    public static SessionIdKeyNames Retire(string dataFolder) => Names(In(dataFolder).Retire());

    private static SessionIdKeyFile In(string dataFolder) => new(Path.GetFullPath(dataFolder), new Disk());

    private static SessionIdKeyNames Names(SessionIdKeys keys) => new(keys.Names[0], [.. keys.Names.Skip(1)]);
}
