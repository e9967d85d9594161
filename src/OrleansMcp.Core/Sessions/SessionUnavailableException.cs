namespace OrleansMcp.Sessions;

/// <summary>The session exists as far as anybody knows, but its actor cannot be reached at the moment. To be tried again soon.</summary>
public sealed class SessionUnavailableException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>When to try again, seconds.</summary>
    public const int RetryAfterSeconds = 1;
}
