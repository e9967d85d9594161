using System.Text.Json.Nodes;
using OrleansMcp.Sessions;

namespace OrleansMcp.Signals;

/// <summary>
/// A client made more attempts in a minute than <see cref="Configuration.SignalConfiguration.AttemptsPerMinute"/> allows. The request may be
/// repeated after <see cref="RetryAfterSeconds"/>.
/// </summary>
public sealed class ThrottledException : Exception
{
    /// <summary>The refusal's stable code. Clients match on it, so it keeps the name it was published with.</summary>
    public const string Code = "held_back";

    private ThrottledException(int retryAfterSeconds)
        : base("Too many requests of this client named sessions that are not its own. Sessions it has open go on.") => RetryAfterSeconds = retryAfterSeconds;

    /// <summary>Whole seconds until the client may ask again, at least one.</summary>
    public int RetryAfterSeconds { get; }

    /// <summary>The exception to throw at <paramref name="caller"/>; null when it is not throttled.</summary>
    public static ThrottledException? Of(IAttempts attempts, Caller caller) =>
        attempts.RetryAfter(caller) is { } rest ? new ThrottledException(Math.Max(1, (int)Math.Ceiling(rest.TotalSeconds))) : null;

    /// <summary>The refusal as data of an error.</summary>
    public JsonObject ToJson() => new() { ["code"] = Code, ["retryAfterSeconds"] = RetryAfterSeconds };
}
