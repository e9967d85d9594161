namespace OrleansMcp;

/// <summary>
/// A callback that got a secret threw an exception. The exception is not passed on, because messages of exceptions often quote their input,
/// and so could put the secret into the log. Cancellation and <see cref="ModelContextProtocol.McpException"/>, whose message the tool
/// writes for its client, are passed on unchanged.
/// </summary>
public sealed class SecretUseException(string name, Type failure)
    : Exception($"The callback that used the secret '{name}' failed with {failure.Name}.");
