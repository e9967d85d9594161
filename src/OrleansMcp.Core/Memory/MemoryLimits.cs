using OrleansMcp.Configuration;

namespace OrleansMcp.Memory;

/// <summary>What a process, a tenant and a client may hold at most, bytes.</summary>
internal sealed record MemoryLimits(long Process, long Tenant, long Client)
{
    // The rest is for the sessions themselves, for what handlers make, and for garbage that is not collected yet.
    private const long PercentOfAvailable = 40;
    private const long MostByDefault = 2L << 30;

    /// <summary>The configured limits, and for those that are not: of the process 40 percent of its memory, of a tenant half of that, of a client half again.</summary>
    public static MemoryLimits Of(MemoryConfiguration configuration, long available)
    {
        var process = configuration.HeldBytes ?? Math.Min(MostByDefault, available / 100 * PercentOfAvailable);
        return new MemoryLimits(process, process / 2, process / 4);
    }
}
