using System.Text.Json.Nodes;
using OrleansMcp.Sessions;

namespace OrleansMcp.Signals;

/// <summary>A client tried too often what is not its own. What it asked now, it may ask again later.</summary>
public sealed class HeldBackException : Exception
{
    /// <summary>The refusal's stable code.</summary>
    public const string Code = "held_back";

    private HeldBackException(int retryAfterSeconds)
        : base("Too many requests of this client named sessions that are not its own. Sessions it has open go on.") => RetryAfterSeconds = retryAfterSeconds;

    /// <summary>Whole seconds until it may ask again, at least one.</summary>
    public int RetryAfterSeconds { get; }

    /// <summary>What to throw at <paramref name="caller"/>; null when it is not held back.</summary>
    public static HeldBackException? Of(IAttempts attempts, Caller caller) =>
        attempts.HeldBack(caller) is { } rest ? new HeldBackException(Math.Max(1, (int)Math.Ceiling(rest.TotalSeconds))) : null;

    /// <summary>The refusal as data of an error.</summary>
    public JsonObject ToJson() => new() { ["code"] = Code, ["retryAfterSeconds"] = RetryAfterSeconds };
}
