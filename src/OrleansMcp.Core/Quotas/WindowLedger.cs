using OrleansMcp.Configuration;

namespace OrleansMcp.Quotas;

/// <summary>
/// What was handed out in the present minute, of every windowed quota, to one session, client or tenant. Minutes are those of the clock,
/// so that all ledgers turn together and a restart finds the same window.
/// </summary>
/// <remarks>Not thread-safe: the tenant's lock guards it.</remarks>
internal sealed class WindowLedger
{
    private readonly long[] _spent = new long[QuotaNames.Windowed];
    private readonly long[] _reserved = new long[QuotaNames.Windowed];
    private readonly long[] _aimed = new long[QuotaNames.Windowed];

    public WindowLedger(long window) => Window = window;

    /// <summary>A ledger of a former life: what it had reserved counts as spent.</summary>
    public WindowLedger(long window, IReadOnlyList<long> reserved)
    {
        Window = window;
        for (var i = 0; i < Math.Min(reserved.Count, QuotaNames.Windowed); i++)
        {
            _spent[i] = _reserved[i] = _aimed[i] = Math.Max(0, reserved[i]);
        }
    }

    /// <summary>The number of the minute.</summary>
    public long Window { get; private set; }

    /// <summary>What was handed out.</summary>
    public IReadOnlyList<long> Spent => _spent;

    /// <summary>Whether nothing is owed or spent.</summary>
    public bool IsBlank => _spent.All(static amount => amount == 0);

    /// <summary>
    /// Begins the minute <paramref name="window"/>. A debt (what was used beyond the budget) counts as spent in the minute that follows,
    /// up to that minute's whole budget.
    /// </summary>
    /// <param name="window">The minute.</param>
    /// <param name="budgets">Of each minute.</param>
    /// <param name="isCovered">What the store was told holds for this minute as well.</param>
    public void Turn(long window, QuotaConfiguration budgets, bool isCovered)
    {
        if (window <= Window)
        {
            return; // A clock that was set back refills nothing.
        }

        for (var i = 0; i < _spent.Length; i++)
        {
            var budget = budgets.Of((Quota)i);
            var former = _spent[i];
            _spent[i] = window == Window + 1 ? Math.Clamp(former - budget, 0, budget) : 0;
            _reserved[i] = isCovered ? _reserved[i] : 0;
            _aimed[i] = Math.Max(_spent[i], Math.Min(_reserved[i], Math.Max(former * 2, AheadOf(budget)))); // A quiet minute follows a quiet one.
        }

        Window = window;
    }

    public long Left(Quota quota, QuotaConfiguration budgets)
    {
        var budget = budgets.Of(quota);
        return budget == QuotaConfiguration.Unlimited ? budget : Math.Max(0, budget - _spent[(int)quota]);
    }

    /// <summary>In how many minutes there is something again: one, or two when the debt takes all of the next.</summary>
    public int WindowsToWait(Quota quota, QuotaConfiguration budgets)
    {
        var budget = budgets.Of(quota);
        return budget > 0 && _spent[(int)quota] - budget >= budget ? 2 : 1;
    }

    /// <summary>Whether the store must hear of it before <paramref name="amount"/> more is handed out.</summary>
    public bool NeedsReserve(Quota quota, QuotaConfiguration budgets, long amount) => Covered(quota, budgets) < amount;

    /// <summary>How much more can be handed out before the store must hear of it. Negative when it should have.</summary>
    public long Covered(Quota quota, QuotaConfiguration budgets) =>
        budgets.Of(quota) == QuotaConfiguration.Unlimited ? long.MaxValue : _reserved[(int)quota] - _spent[(int)quota];

    public void Add(Quota quota, QuotaConfiguration budgets, long amount)
    {
        if (budgets.Of(quota) != QuotaConfiguration.Unlimited)
        {
            _spent[(int)quota] += amount;
        }
    }

    /// <summary>
    /// Says what to write ahead: <paramref name="amount"/> more than was handed out, and a little more so that the next ones need no
    /// write of their own: a sixty-fourth of the budget, so that a server that crashes many times in a minute still has some of it. As
    /// much of every other quota, because a store that takes this write may not take the next.
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

    /// <summary>What the store is to be told to have been handed out at most. Until it has answered, only the smaller of both is certain.</summary>
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

    /// <summary>The store has taken <paramref name="amounts"/>, which hold for this minute.</summary>
    public void Reserve(IReadOnlyList<long> amounts)
    {
        for (var i = 0; i < Math.Min(amounts.Count, _reserved.Length); i++)
        {
            _reserved[i] = amounts[i];
        }
    }
}
