using ModelContextProtocol;

namespace OrleansMcp;

/// <summary>
/// The session does not hold a secret that is needed: it was never given, was removed, or was lost with the memory it was in (secrets do
/// not survive a restart). A tool that lets it pass is answered with the code <c>secret_unavailable</c>.
/// </summary>
public sealed class SecretUnavailableException(string name)
    : McpException($"The session holds no secret '{Shown(name)}'. Send it again: secrets are kept in memory only, and end with it.")
{
    /// <summary>The stable code that clients see.</summary>
    public const string Code = "secret_unavailable";

    /// <summary>The secret's name.</summary>
    public string Name { get; } = Shown(name);

    // A tool may pass on a name that came from its client.
    private static string Shown(string name) => SecretName.IsValid(name) ? name : "(not a secret's name)";
}
