using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Yielding;

namespace OrleansMcp.Quotas;

/// <summary>The places of open sessions, and who makes room when all are taken: only sessions of the client that wants to open another one.</summary>
internal sealed partial class TenantLedgers
{
    // For a client whose cap is zero: only another configuration opens a session to it.
    private const int RetryWithoutPlacesSeconds = 60;

    /// <summary>
    /// The session to ask next for its place, and what to ask; null when none would end for it. Each call decides anew, after
    /// <see cref="Answered"/>.
    /// </summary>
    public (SessionKey Session, YieldRequest Request)? NextToYield(string client)
    {
        lock (_gate)
        {
            var (now, sessions) = (time.GetUtcNow(), Account(client).Sessions);
            if (!MakesRoom(client))
            {
                return sessions.FirstDue(now) is { } due ? (due, YieldRequest.IfOverdue(tenant)) : null;
            }

            return sessions.LeastRecent(now) is var (recent, bound) ? (recent, new YieldRequest(tenant, bound, DateTimeOffset.MinValue))
                : sessions.LongestIdle(now) is { } idle ? (idle, new YieldRequest(tenant, now, now - SessionHoldings.LongestHeld))
                : null;
        }
    }

    /// <summary>Notes what a session has answered.</summary>
    public void Answered(string client, SessionKey session, YieldRequest request, YieldReply reply)
    {
        lock (_gate)
        {
            Account(client).Sessions.Answered(session, request, reply, time.GetUtcNow());
        }
    }

    private QuotaRefusal? RefusePlace(TenantConfiguration registered, string client, ClientAccount account, DateTimeOffset now) =>
        account.Sessions.Places >= ClientOf(registered, client).Quotas.Sessions
            ? new(Quota.Sessions, QuotaScope.Client, SecondsToPlace(client, account, account.Sessions.FirstEnd(), now))
        : registered.Quotas.Sessions != QuotaConfiguration.Unlimited
            && _clients.Values.Sum(other => (long)other.Sessions.Places) >= registered.Quotas.Sessions
            ? new(Quota.Sessions, QuotaScope.Tenant, SecondsToPlace(client, account, _clients.Values.Min(other => other.Sessions.FirstEnd()), now))
        : null;

    /// <summary>When a place is free at the earliest: one of the client's own that makes room, or the first that ends by itself.</summary>
    private int SecondsToPlace(string client, ClientAccount account, DateTimeOffset? firstEnd, DateTimeOffset now)
    {
        var room = MakesRoom(client) ? account.Sessions.FirstRoom() : null;
        return (room, firstEnd) switch
        {
            ({ } one, { } other) => SecondsUntil(one < other ? one : other, now),
            ({ } one, null) => SecondsUntil(one, now),
            (null, { } other) => SecondsUntil(other, now),
            _ => RetryWithoutPlacesSeconds,
        };
    }

    private bool MakesRoom(string client)
    {
        var registered = Registered;
        var onCap = ClientOf(registered, client).Quotas.OnCap ?? registered.Quotas.OnCap ?? configuration.Current.Sessions.OnCap;
        return onCap == OnSessionCap.MakeRoom;
    }
}
