using System.Text.Json.Serialization;

namespace OrleansMcp.Quotas.Usage;

/// <summary>How much of a quota a tenant or a client uses, over the whole cluster.</summary>
/// <param name="Name">The name in the configuration.</param>
/// <param name="Used">What is used, in the unit of the limit: calls, requests, bytes, seconds. Leased amounts count as used. A debt may exceed the
/// limit.</param>
/// <param name="Limit">The limit; null when there is none.</param>
/// <param name="ResetsAt">When the window ends, UTC; null for quotas that are held rather than spent.</param>
public sealed record QuotaUse(string Name, decimal Used, decimal? Limit, DateTimeOffset? ResetsAt)
{
    /// <summary>What is left, 0 at least; null without a limit.</summary>
    public decimal? Left => Limit is { } limit ? Math.Max(0, limit - Used) : null;

    /// <summary>The part of the limit that is used: 1 is all of it, 0 without a limit.</summary>
    [JsonIgnore]
    public decimal Share => Limit is { } limit ? Used / Math.Max(1, limit) : 0;
}
