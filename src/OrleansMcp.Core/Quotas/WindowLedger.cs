using OrleansMcp.Configuration;
using OrleansMcp.Quotas.Usage;

namespace OrleansMcp.Quotas;

/// <summary>
/// What one session, client or tenant has leased in the present minute, of every windowed quota. Minutes are those of the clock, so that
/// all ledgers turn together and a restart finds the same window.
/// </summary>
/// <remarks>Not thread-safe: the tenant's lock guards it.</remarks>
internal sealed class WindowLedger
{
    private readonly long[] _spent = new long[WindowedQuotas.Count];
    private readonly long[] _reserved = new long[WindowedQuotas.Stored];
    private readonly long[] _aimed = new long[WindowedQuotas.Stored];
    private UnlimitedUse _unlimited;

    public WindowLedger(long window) => Window = window;

    /// <summary>Makes a ledger from a stored record: what was reserved counts as spent.</summary>
    public WindowLedger(long window, IReadOnlyList<long> reserved)
    {
        Window = window;
        for (var i = 0; i < Math.Min(reserved.Count, WindowedQuotas.Stored); i++)
        {
            _spent[i] = _reserved[i] = _aimed[i] = Math.Max(0, reserved[i]);
        }
    }

    /// <summary>The number of the minute.</summary>
    public long Window { get; private set; }

    /// <summary>Leased amounts of the stored quotas, by number of <see cref="Quota"/>.</summary>
    public long[] Spent => _spent[..WindowedQuotas.Stored];

    /// <summary>Whether nothing is spent.</summary>
    public bool IsBlank => _spent.All(static amount => amount == 0);

    /// <summary>
    /// Begins the minute <paramref name="window"/>. A debt (what was used beyond the budget) counts as spent in the minute that follows,
    /// up to that minute's whole budget. Of the quotas that are not stored a debt is forgiven: what is counted and never refused must not use
    /// up the next minute.
    /// </summary>
    /// <param name="window">The minute.</param>
    /// <param name="budgets">The limits of a minute.</param>
    /// <param name="isCovered">Whether the stored record holds for this minute as well.</param>
    public void Turn(long window, QuotaConfiguration budgets, bool isCovered)
    {
        if (window <= Window)
        {
            return; // A clock that was set back refills nothing.
        }

        _unlimited = default;
        Array.Clear(_spent, WindowedQuotas.Stored, WindowedQuotas.Count - WindowedQuotas.Stored);
        for (var i = 0; i < WindowedQuotas.Stored; i++)
        {
            var budget = budgets.Of((Quota)i);
            var former = _spent[i];
            _spent[i] = window == Window + 1 ? Math.Clamp(former - budget, 0, budget) : 0;
            _reserved[i] = isCovered ? _reserved[i] : 0;
            // After a minute of little use the next one is expected to be like it.
            _aimed[i] = Math.Max(_spent[i], Math.Min(_reserved[i], Math.Max(former * 2, AheadOf(budget))));
        }

        Window = window;
    }

    public long Left(Quota quota, QuotaConfiguration budgets)
    {
        var budget = budgets.Of(quota);
        return budget == QuotaConfiguration.Unlimited ? budget : Math.Max(0, budget - _spent[WindowedQuotas.PlaceOf(quota)]);
    }

    /// <summary>What is leased or used in the minute. Without a limit that is known of <see cref="UnlimitedUse.IsSeen"/> quotas only.</summary>
    public long Used(Quota quota, QuotaConfiguration budgets) =>
        budgets.Of(quota) == QuotaConfiguration.Unlimited ? _unlimited.Of(quota) : _spent[WindowedQuotas.PlaceOf(quota)];

    /// <summary>In how many minutes something is left again: one, or two when the debt takes all of the next minute.</summary>
    public int WindowsToWait(Quota quota, QuotaConfiguration budgets)
    {
        var budget = budgets.Of(quota);
        return WindowedQuotas.IsStored(quota) && budget > 0 && _spent[(int)quota] - budget >= budget ? 2 : 1;
    }

    /// <summary>Whether a record must be saved before <paramref name="amount"/> more is granted.</summary>
    public bool NeedsReserve(Quota quota, QuotaConfiguration budgets, long amount) => Covered(quota, budgets) < amount;

    /// <summary>How much more can be granted before a record must be saved. Negative when a debt exceeds the stored record.</summary>
    public long Covered(Quota quota, QuotaConfiguration budgets) =>
        !WindowedQuotas.IsStored(quota) || budgets.Of(quota) == QuotaConfiguration.Unlimited ? long.MaxValue : _reserved[(int)quota] - _spent[(int)quota];

    public void Add(Quota quota, QuotaConfiguration budgets, long amount)
    {
        if (budgets.Of(quota) != QuotaConfiguration.Unlimited)
        {
            _spent[WindowedQuotas.PlaceOf(quota)] += amount;
        }
        else
        {
            _unlimited.Add(quota, amount);
        }
    }

    /// <summary>
    /// Raises what the next record is to cover: <paramref name="amount"/> more than was spent, and a little more so that the next grants
    /// need no write of their own: a sixty-fourth of the budget, so that a server that crashes many times in a minute still has some of it
    /// left. The same for every other quota, because the next write may fail.
    /// </summary>
    public void Aim(Quota quota, QuotaConfiguration budgets, long amount)
    {
        for (var i = 0; i < _aimed.Length; i++)
        {
            var (budget, needed) = (budgets.Of((Quota)i), _spent[i] + (i == (int)quota ? amount : 0));
            if (budget != QuotaConfiguration.Unlimited)
            {
                _aimed[i] = Math.Max(_aimed[i], Math.Max(needed, Math.Min(budget, needed + AheadOf(budget))));
            }
        }
    }

    private static long AheadOf(long budget) => Math.Max(budget / 64, Math.Min(8, budget / 8));

    /// <summary>
    /// The amounts for the next record. Until its write is confirmed, a restart may find either record: only the smaller amount counts as
    /// stored.
    /// </summary>
    public long[] Tell()
    {
        var told = new long[_aimed.Length];
        for (var i = 0; i < told.Length; i++)
        {
            told[i] = Math.Max(_aimed[i], _spent[i]);
            _reserved[i] = Math.Min(_reserved[i], told[i]);
        }

        return told;
    }

    /// <summary>Applies that a record with <paramref name="amounts"/> for this minute is saved.</summary>
    public void Reserve(IReadOnlyList<long> amounts)
    {
        for (var i = 0; i < Math.Min(amounts.Count, _reserved.Length); i++)
        {
            _reserved[i] = amounts[i];
        }
    }
}
