using OrleansMcp.Configuration;
using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>Leases of sessions.</summary>
internal sealed partial class TenantLedgers
{
    // One lease takes an eighth of what is left at most, and less where many sessions are open: small budgets are shared call by call.
    private const int FewSharers = 8;
    private const int ManySharers = 64;

    // A session is written when it opens and when it ends, and its end is never refused.
    private const int WritesOfSession = 2;

    /// <summary>
    /// Decides a request. False when a record must be saved first; then nothing was granted, and the caller tries again.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="charged">Whether a former try has charged what the session owes.</param>
    /// <param name="lease">The answer.</param>
    public bool TryLease(QuotaRequest request, ref bool charged, out QuotaLease lease)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            var now = time.GetUtcNow();
            var window = Turn(now);
            var (registered, account) = (Registered, Account(request.Client));
            var levels = Levels(registered, request, account, window);
            if (!charged)
            {
                Charge(levels, request.Owed);
                charged = true;
            }

            account.Sessions.Heard(request.Session, now);
            lease = new QuotaLease(EndOf(window)) { SessionSlots = levels[0].Budgets.ConcurrentCalls, SlotsUntil = now + SlotLedger.Lifetime };
            var (limit, scope) = SlotLimit(registered, request, account, now);
            if ((Refuse(levels, request.Wanted, now) ?? RefuseSlots(request, account, limit, scope)
                ?? RefuseState(registered, request, account, levels[0])) is { } refusal)
            {
                lease = lease with { Refusal = refusal };
                return !Aim(levels, request.Owed.Select(owed => owed with { Amount = 0 }));
            }

            var amounts = request.Wanted.Select(wish => new QuotaAmount(wish.Quota, Amount(levels, wish))).ToArray();
            var slots = SlotsFor(request, account, limit);
            if (Aim(levels, [.. amounts, .. request.Owed.Select(owed => owed with { Amount = 0 })])
                | AimSlots(account, slots - account.Slots.HeldBy(request.Session), limit))
            {
                return false;
            }

            lease = lease with { Granted = amounts, Slots = slots, SlotsToKeep = SlotsToKeep(account.Slots.Used, limit) };
            Charge(levels, amounts);
            Hold(request, account, slots, now);
            return true;
        }
    }

    /// <summary>Decides whether a session may be opened. False when a record must be saved first.</summary>
    public bool TryOpen(string client, SessionKey session, out QuotaRefusal? refusal)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            var now = time.GetUtcNow();
            var window = Turn(now);
            var (registered, account) = (Registered, Account(client));
            refusal = null;
            if (account.Sessions.HasPlace(session))
            {
                return true;
            }

            var one = new QuotaRequest(client, session)
            {
                Wanted = [new QuotaWish(Quota.SessionsOpened, 1, 1), new QuotaWish(Quota.Writes, WritesOfSession, WritesOfSession)],
            };
            var levels = Levels(registered, one, account, window);
            // The place last, because another session may end to make room for one that has nothing else against it.
            refusal = Refuse(levels, one.Wanted, now) ?? RefusePlace(registered, client, account, now);
            if (refusal is not null)
            {
                return true;
            }

            QuotaAmount[] amounts = [new(Quota.SessionsOpened, 1), new(Quota.Writes, WritesOfSession)];
            if (Aim(levels, amounts))
            {
                return false;
            }

            Charge(levels, amounts);
            account.Sessions.Add(session, now);
            return true;
        }
    }

    /// <summary>
    /// Counts requests that a process has admitted, and tells whether the client or the tenant has any left. Stores nothing.
    /// </summary>
    public QuotaRefusal? CountRequests(string client, long requests)
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var window = Turn(now);
            var levels = Levels(Registered, Account(client), window);
            Charge(levels, [new QuotaAmount(Quota.Requests, requests)]);
            return Refuse(levels, [new QuotaWish(Quota.Requests, 1, 1)], now);
        }
    }

    private static long Amount(Level[] levels, QuotaWish wish)
    {
        var share = levels.Min(level => level.Share(wish.Quota));
        if (share == QuotaConfiguration.Unlimited)
        {
            return share;
        }

        // A smaller lease rather than a write: the store may be unreachable, and the stored record still covers small needs.
        var (amount, covered) = (Math.Max(wish.Need, Math.Min(wish.Hint, share)), levels.Min(level => level.Covered(wish.Quota)));
        return covered < wish.Need ? amount : Math.Min(amount, covered);
    }

    private static void Charge(Level[] levels, IReadOnlyList<QuotaAmount> amounts)
    {
        foreach (var (quota, amount) in amounts)
        {
            foreach (var level in levels)
            {
                level.Ledger.Add(quota, level.Budgets, amount);
            }
        }
    }

    /// <summary>
    /// Raises what the next record is to cover before <paramref name="amounts"/> are granted. False when the stored record covers them.
    /// </summary>
    private static bool Aim(Level[] levels, IEnumerable<QuotaAmount> amounts)
    {
        var needed = false;
        foreach (var (quota, amount) in amounts)
        {
            foreach (var level in levels)
            {
                if (level.NeedsReserve(quota, amount))
                {
                    level.Ledger.Aim(quota, level.Budgets, amount);
                    needed = true;
                }
            }
        }

        return needed;
    }

    private static QuotaRefusal? Refuse(Level[] levels, IReadOnlyList<QuotaWish> wishes, DateTimeOffset now)
    {
        foreach (var wish in wishes)
        {
            foreach (var level in levels)
            {
                if (level.Left(wish.Quota) < wish.Need)
                {
                    var opens = EndOf(level.Ledger.Window + level.Ledger.WindowsToWait(wish.Quota, level.Budgets) - 1);
                    return new(wish.Quota, level.Scope, SecondsUntil(opens, now));
                }
            }
        }

        return null;
    }

    private static int SecondsUntil(DateTimeOffset end, DateTimeOffset now) => (int)Math.Max(1, Math.Ceiling((end - now).TotalSeconds));

    private Level[] Levels(TenantConfiguration registered, QuotaRequest request, ClientAccount account, long window)
    {
        var single = SessionQuotasOf(registered, request.Client);
        if (!account.SpentBySessions.TryGetValue(request.Session, out var spent))
        {
            spent = new WindowLedger(window);
            if (!ReferenceEquals(single, QuotaConfiguration.None))
            {
                account.SpentBySessions.Add(request.Session, spent);
            }
        }

        var isBlind = IsBlind(window) || (window == _blindWindow && !account.Sessions.IsOpenedHere(request.Session));
        return [new(spent, single, QuotaScope.Session, 1, IsDurable: false, isBlind), .. Levels(registered, account, window)];
    }

    private Level[] Levels(TenantConfiguration registered, ClientAccount account, long window) =>
    [
        new(account.Spent, ClientOf(registered, account.Client).Quotas, QuotaScope.Client, Sharers(account.Sessions.Places), IsDurable: true, IsBlind(window)),
        new(_spent, registered.Quotas, QuotaScope.Tenant, Sharers(_clients.Values.Sum(other => other.Sessions.Places)), IsDurable: true, IsBlind(window)),
    ];

    private bool IsBlind(long window) => _isBlind && window == _blindWindow;

    private static int Sharers(int open) => Math.Clamp(open, FewSharers, ManySharers);

    private void ThrowIfClosed()
    {
        if (_isClosed)
        {
            throw new IOException("The tenant's ledgers are closed.");
        }
    }
}
