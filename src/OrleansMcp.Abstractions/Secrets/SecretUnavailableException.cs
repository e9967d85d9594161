using ModelContextProtocol;

namespace OrleansMcp;

/// <summary>
/// The session does not hold a secret that is needed: it was never stored, was removed, or was lost with the activation (secrets do not
/// survive a restart). When the tool does not catch the exception, the client gets the code <c>secret_unavailable</c>.
/// </summary>
public sealed class SecretUnavailableException : McpException
{
    /// <param name="name">The secret's name.</param>
    public SecretUnavailableException(string name)
        : this(name, $"The session holds no secret '{Shown(name)}'. Send it again: secrets are kept in memory only, and end with it.")
    {
    }

    private SecretUnavailableException(string name, string message) : base(message) => Name = Shown(name);

    /// <summary>The stable code that clients see.</summary>
    public const string Code = "secret_unavailable";

    /// <summary>The secret's name.</summary>
    public string Name { get; }

    /// <summary>The other MCP server that needs it; null when it is a tool of the host's own.</summary>
    internal string? Server { get; private init; }

    /// <summary>Another MCP server needs it.</summary>
    internal static SecretUnavailableException OfServer(string server, string name) => new(
        name, $"The server '{server}' needs the secret '{Shown(name)}', and the session holds none. Send it: secrets are kept in memory only, and end with the session.")
    {
        Server = server,
    };

    // The name may come from the client, through a tool.
    private static string Shown(string name) => SecretName.IsValid(name) ? name : "(not a secret's name)";
}
