namespace OrleansMcp;

/// <summary>
/// A callback that was shown a secret failed. What it threw is not carried along: messages of exceptions like to quote the input they
/// stumbled on, and would take the secret to the log. Cancellation and <see cref="ModelContextProtocol.McpException"/>, whose words a
/// tool chooses for its client, pass unchanged.
/// </summary>
public sealed class SecretUseException(string name, Type failure)
    : Exception($"The callback that used the secret '{name}' failed with {failure.Name}.");
