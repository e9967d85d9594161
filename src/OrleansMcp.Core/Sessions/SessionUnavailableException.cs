namespace OrleansMcp.Sessions;

/// <summary>The actor of a session cannot be reached at the moment. The caller may try again soon.</summary>
public sealed class SessionUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>When to try again, seconds.</summary>
    public const int RetryAfterSeconds = 1;
}
