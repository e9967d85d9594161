using OrleansMcp.Quotas.Usage;

namespace OrleansMcp.Quotas;

/// <summary>Reads what the tenant and its clients use, for operators.</summary>
internal sealed partial class TenantLedgers
{
    /// <summary>What the tenant uses, and the clients that the query asks for.</summary>
    public TenantUsage ReadUsage(UsageQuery query)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var window = Turn(now);
            foreach (var account in _clients.Values)
            {
                account.Slots.Expire(now);
            }

            var named = query.Named.ToHashSet(StringComparer.Ordinal);
            var found = UsesOfClients(window)
                .Where(one => one.Use.IsAny && (one.Use.Share * 100 >= query.LeastPercent || named.Contains(one.Client)))
                .OrderByDescending(one => one.Use.Share).ThenBy(one => one.Client, StringComparer.Ordinal).ToList();
            var told = found.Where((one, place) => place < query.Clients || named.Contains(one.Client))
                .Select(one => new ClientUsage(one.Client, one.Use.List(EndOf(window)))).ToArray();
            var all = new LevelUse(
                _spent, Registered.Quotas, quota => _clients.Values.Sum(account => Held(quota, account)), IsBlind(window));
            return new TenantUsage(all.List(EndOf(window)), told, found.Count - told.Length);
        }
    }

    private IEnumerable<(string Client, LevelUse Use)> UsesOfClients(long window)
    {
        var registered = Registered;
        foreach (var account in _clients.Values)
        {
            yield return (account.Client, new LevelUse(
                account.Spent, ClientOf(registered, account.Client).Quotas, quota => Held(quota, account), IsBlind(window)));
        }
    }
}
