using ModelContextProtocol;

namespace OrleansMcp;

/// <summary>
/// The session does not hold a secret that is needed: it was never stored, was removed, or was lost with the activation (secrets do not
/// survive a restart). When the tool does not catch the exception, the client gets the code <c>secret_unavailable</c>.
/// </summary>
public sealed class SecretUnavailableException(string name)
    : McpException($"The session holds no secret '{Shown(name)}'. Send it again: secrets are kept in memory only, and end with it.")
{
    /// <summary>The stable code that clients see.</summary>
    public const string Code = "secret_unavailable";

    /// <summary>The secret's name.</summary>
    public string Name { get; } = Shown(name);

    // The name may come from the client, through a tool.
    private static string Shown(string name) => SecretName.IsValid(name) ? name : "(not a secret's name)";
}
