using OrleansMcp.Embedded.Files;
using OrleansMcp.Sessions.Keys;

namespace OrleansMcp.Embedded.Keys;

/// <summary>Changes the keys that sign session ids, also while a server runs on the data folder: it follows within seconds.</summary>
public static class SessionIdKeyRotation
{
    /// <summary>Makes a new key issue; all that were there go on verifying.</summary>
    /// <exception cref="IOException">The folder has no keys, they are damaged, there are too many, or they cannot be written. Nothing changed.</exception>
    public static SessionIdKeyNames Rotate(string dataFolder) => SessionIdKeyNames.Of(In(dataFolder).Rotate());

    /// <summary>Makes all keys but the one that issues invalid, and with them the sessions whose ids they signed unknown to their clients.</summary>
    /// <exception cref="IOException">The folder has no former keys, they are damaged, or they cannot be written. Nothing changed.</exception>
    public static SessionIdKeyNames Retire(string dataFolder) => SessionIdKeyNames.Of(In(dataFolder).Retire());

    private static SessionIdKeyFile In(string dataFolder) => new(Path.GetFullPath(dataFolder), new Disk());
}
