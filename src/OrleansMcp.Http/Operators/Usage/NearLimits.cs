using OrleansMcp.Memory;
using OrleansMcp.Quotas.Usage;

namespace OrleansMcp.Http.Operators.Usage;

/// <summary>Finds who has used much of a limit.</summary>
internal sealed class NearLimits
{
    /// <summary>From this part of a limit on, percent, somebody is near to it.</summary>
    public const int LeastPercent = 80;

    /// <summary>How many are listed at most.</summary>
    public const int Most = 100;

    private const string HeldBytes = "heldBytes";

    private readonly List<(decimal Share, NearLimit Limit)> _found = [];

    /// <summary>Those that were found, the nearest to their limit first.</summary>
    public IReadOnlyList<NearLimit> Nearest => [.. Ordered().Take(Most).Select(static one => one.Limit)];

    /// <summary>Adds the quotas of which a tenant, or one of its clients, has used much.</summary>
    public void Add(string tenant, string? client, IReadOnlyList<QuotaUse> quotas)
    {
        foreach (var quota in quotas)
        {
            if (quota.Limit is { } limit)
            {
                Add(quota.Share, new NearLimit(tenant, client, quota.Name, quota.Used, limit, Percent(quota.Share)));
            }
        }
    }

    /// <summary>Adds a tenant, or one of its clients, that holds much.</summary>
    public void Add(string tenant, string? client, MemoryUse held)
    {
        var share = HeldUse.Of(held).Share;
        Add(share, new NearLimit(tenant, client, HeldBytes, held.Held, held.Limit, Percent(share)));
    }

    private static long Percent(decimal share) => (long)(share * 100);

    private void Add(decimal share, NearLimit near)
    {
        if (near.Percent < LeastPercent)
        {
            return;
        }

        _found.Add((share, near));
        if (_found.Count >= 2 * Most)
        {
            var nearest = Ordered().Take(Most).ToArray(); // A thousand tenants may have many clients each.
            _found.Clear();
            _found.AddRange(nearest);
        }
    }

    private IEnumerable<(decimal Share, NearLimit Limit)> Ordered() => _found
        .OrderByDescending(static one => one.Share)
        .ThenBy(static one => one.Limit.Tenant, StringComparer.Ordinal)
        .ThenBy(static one => one.Limit.Client, StringComparer.Ordinal);
}
