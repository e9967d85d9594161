using OrleansMcp.Configuration;
using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>Reads what is left of the quotas.</summary>
internal sealed partial class TenantLedgers
{
    private const long Microseconds = 1_000_000;

    public IReadOnlyList<QuotaLeft> Read(string client, SessionKey session)
    {
        lock (_gate)
        {
            var window = Turn(time.GetUtcNow());
            var (registered, account) = (Registered, Account(client));
            var levels = Levels(registered, new QuotaRequest(client, session), account, window);
            var left = new List<QuotaLeft>();
            foreach (var level in levels)
            {
                left.AddRange(Windows(level, EndOf(window)));
                left.AddRange(Holdings(level, account, session));
            }

            return left;
        }
    }

    private static IEnumerable<QuotaLeft> Windows(Level level, DateTimeOffset end)
    {
        for (var place = 0; place < WindowedQuotas.Count; place++)
        {
            var quota = WindowedQuotas.At(place);
            var limit = level.Budgets.Of(quota);
            var isCountedHere = WindowedQuotas.IsStored(quota) || level.Scope != QuotaScope.Session; // The session counts its own.
            if (isCountedHere && limit != QuotaConfiguration.Unlimited)
            {
                var unit = quota == Quota.Compute ? Microseconds : 1;
                yield return new(QuotaNames.Of(quota), level.Scope, limit / unit, level.Left(quota) / unit, end);
            }
        }
    }

    private IEnumerable<QuotaLeft> Holdings(Level level, ClientAccount account, SessionKey session)
    {
        for (var quota = Quota.Sessions; quota <= Quota.StateBytes; quota++)
        {
            var limit = level.Budgets.Of(quota);
            if (limit != QuotaConfiguration.Unlimited)
            {
                yield return new(QuotaNames.Of(quota), level.Scope, limit, Math.Max(0, limit - Held(quota, level.Scope, account, session)), ResetsAt: null);
            }
        }
    }

    private long Held(Quota quota, QuotaScope scope, ClientAccount account, SessionKey session) => scope switch
    {
        QuotaScope.Session => quota == Quota.StateBytes ? account.Sessions.StateOf(session) : account.Slots.HeldBy(session),
        QuotaScope.Client => Held(quota, account),
        _ => _clients.Values.Sum(other => Held(quota, other)),
    };

    private static long Held(Quota quota, ClientAccount account) => quota switch
    {
        Quota.Sessions => account.Sessions.Places,
        Quota.ConcurrentCalls => account.Slots.Used,
        _ => account.StateBytes,
    };
}
