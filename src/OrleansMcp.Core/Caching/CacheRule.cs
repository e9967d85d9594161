using OrleansMcp.Configuration;
using OrleansMcp.Tools;

namespace OrleansMcp.Caching;

/// <summary>How the results of one tool are kept.</summary>
internal sealed record CacheRule(TimeSpan TimeToLive, CacheSharing Sharing)
{
    /// <summary>The rule that the operator configured for a tool, otherwise its author's; null when its results are not cached.</summary>
    public static CacheRule? Of(ToolEntry entry, CacheConfiguration configuration)
    {
        var author = entry.CachedOutput;
        if (!configuration.Tools.TryGetValue(entry.Name, out var operators))
        {
            return author is null ? null : new(TimeSpan.FromSeconds(author.Seconds), author.Sharing);
        }

        return operators.TimeToLive == TimeSpan.Zero
            ? null
            : new(operators.TimeToLive, operators.Scope ?? author?.Sharing ?? CacheSharing.Client);
    }
}
