using OrleansMcp.Configuration;

namespace OrleansMcp.Quotas;

/// <summary>Quotas that are held and given back instead of spent: places, slots for concurrent calls, state.</summary>
internal sealed partial class TenantLedgers
{
    private const int SpareSlots = 3;
    private const int LimitPerSpareSlot = 64;
    private const int LeastSlotsAhead = 4;

    /// <summary>How many slots the client may lease in all: its own limit, or what the other clients leave of the tenant's limit.</summary>
    private (long Limit, QuotaScope Scope) SlotLimit(
        TenantConfiguration registered, QuotaRequest request, ClientAccount account, DateTimeOffset now)
    {
        var (client, tenant) = (ClientOf(registered, request.Client).Quotas.ConcurrentCalls, registered.Quotas.ConcurrentCalls);
        if (request.Slots < 0 || (client == QuotaConfiguration.Unlimited && tenant == QuotaConfiguration.Unlimited))
        {
            return (QuotaConfiguration.Unlimited, QuotaScope.Client);
        }

        if (tenant == QuotaConfiguration.Unlimited)
        {
            account.Slots.Expire(now);
            return (client, QuotaScope.Client);
        }

        foreach (var other in _clients.Values)
        {
            other.Slots.Expire(now);
        }

        var left = tenant - _clients.Values.Where(other => other != account).Sum(other => (long)other.Slots.Used);
        return left < client ? (left, QuotaScope.Tenant) : (client, QuotaScope.Client);
    }

    private static QuotaRefusal? RefuseSlots(QuotaRequest request, ClientAccount account, long limit, QuotaScope scope)
    {
        if (limit == QuotaConfiguration.Unlimited || request.Slots <= Kept(request, account))
        {
            return null;
        }

        return account.Slots.Used - account.Slots.HeldBy(request.Session) + request.Slots > limit
            ? new(Quota.ConcurrentCalls, scope, RetryAfterSeconds: 1)
            : null;
    }

    /// <summary>
    /// Slots that are never refused: those the session holds, and those of its running calls even if the ledger has lost them.
    /// </summary>
    private static int Kept(QuotaRequest request, ClientAccount account) =>
        Math.Max(account.Slots.HeldBy(request.Session), request.SlotsInUse);

    private static int SlotsFor(QuotaRequest request, ClientAccount account, long limit)
    {
        if (request.Slots < 0 || limit == QuotaConfiguration.Unlimited)
        {
            return int.MaxValue;
        }

        if (!account.Slots.IsNews(request.Session, request.Sequence))
        {
            return account.Slots.HeldBy(request.Session);
        }

        var others = account.Slots.Used - account.Slots.HeldBy(request.Session);
        var isNew = request.Slots > request.SlotsInUse;
        return request.Slots + (isNew ? Math.Max(0, SlotsToKeep(others + request.Slots, limit) - 1) : 0);
    }

    /// <summary>
    /// How many unused slots a session may keep, so that its next call needs no request to the tenant: a few of a large limit, while most
    /// of it is free. Idle sessions keep a quarter of the limit at most, and their slots expire.
    /// </summary>
    private static int SlotsToKeep(int used, long limit) => used * 4L <= limit ? (int)Math.Min(SpareSlots + 1, limit / LimitPerSpareSlot) : 0;

    /// <summary>Raises the slots that the next record is to cover. False when the stored record covers them.</summary>
    private bool AimSlots(ClientAccount account, long more, long limit)
    {
        if (!_mayOutliveActor || limit == QuotaConfiguration.Unlimited || account.Slots.Used + more <= account.SlotsReserved)
        {
            return false;
        }

        account.SlotsAimed = WithSlotsAhead(account.Slots.Used + more, limit);
        return true;
    }

    /// <summary>
    /// Lowers the slots that the next record is to cover to the used ones and some ahead, but never raises them: that needs a write, which
    /// may fail.
    /// </summary>
    private static void TurnSlots(ClientAccount account, long limit) =>
        account.SlotsAimed = Math.Max(account.Slots.Used, Math.Min(account.SlotsAimed, WithSlotsAhead(account.Slots.Used, limit)));

    private static int WithSlotsAhead(long needed, long limit) => (int)Math.Max(needed, Math.Min(limit, needed + Math.Max(LeastSlotsAhead, limit / 8)));

    private static QuotaRefusal? RefuseState(TenantConfiguration registered, QuotaRequest request, ClientAccount account, Level single, long others)
    {
        var more = SessionHoldings.InSteps(request.StateBytes) - account.Sessions.StateOf(request.Session);
        return request.StateBytes < 0 || more <= 0 ? null
            : request.StateBytes > single.Budgets.StateBytes ? new(Quota.StateBytes, QuotaScope.Session, 0)
            : account.StateBytes + more > ClientOf(registered, request.Client).Quotas.StateBytes ? new(Quota.StateBytes, QuotaScope.Client, 0)
            : others + account.StateBytes + more > registered.Quotas.StateBytes ? new(Quota.StateBytes, QuotaScope.Tenant, 0)
            : null;
    }

    private QuotaRefusal? RefuseState(TenantConfiguration registered, QuotaRequest request, ClientAccount account, Level single) =>
        request.StateBytes < 0 ? null : RefuseState(
            registered, request, account, single, _clients.Values.Where(other => other != account).Sum(other => other.StateBytes));

    private static void Hold(QuotaRequest request, ClientAccount account, int slots, DateTimeOffset now)
    {
        if (request.Slots >= 0 && slots != int.MaxValue && account.Slots.IsNews(request.Session, request.Sequence))
        {
            account.Slots.Set(request.Session, slots, request.Sequence, now);
        }

        if (request.StateBytes >= 0)
        {
            account.Sessions.SetState(request.Session, request.StateBytes);
        }
    }
}
