using System.Text.Json;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;

namespace OrleansMcp.Sessions.State;

/// <summary>
/// Announces the size of a session's state to the tenant: growth before it is written, shrinking afterwards. Called within the turn of
/// <see cref="StateWriter"/> only, so it needs no lock.
/// </summary>
internal sealed class StateQuota(CurrentRecord record, SessionAccount account)
{
    private long _announced = -1;

    /// <inheritdoc cref="SessionAccount.SpendWriteAsync"/>
    public ValueTask SpendWriteAsync() => account.SpendWriteAsync(CancellationToken.None);

    /// <summary>Announces a state that has grown, before it is written.</summary>
    /// <exception cref="QuotaExceededException">The quota does not allow this size.</exception>
    /// <exception cref="QuotaUnavailableException">The ledgers cannot be written.</exception>
    public async ValueTask CoverAsync(SessionRecord next)
    {
        var kept = SizeOf(next.State);
        if (SessionHoldings.InSteps(kept) > Announced() && await account.Meter.KeepAsync(kept) is { } refusal)
        {
            account.Report(new Caller(next.Owner.Tenant, next.Owner.Client, next.Owner.Subject), refusal);
            throw new QuotaExceededException(refusal);
        }

        _announced = Math.Max(_announced, SessionHoldings.InSteps(kept));
    }

    /// <summary>Announces a state that has shrunk by several steps, after it was written.</summary>
    public async ValueTask UncoverAsync(SessionRecord written)
    {
        var kept = SessionHoldings.InSteps(SizeOf(written.State));
        if (kept + (4 * SessionHoldings.Step) > _announced)
        {
            return;
        }

        try
        {
            await account.Meter.KeepAsync(kept);
            _announced = Math.Max(kept, Free);
        }
        catch (Exception e) when (e is QuotaUnavailableException or SessionUnavailableException)
        {
            // Announced with the next change.
        }
    }

    private long Free => record.Key.IsPrincipal ? 0 : SessionHoldings.Step;

    private long Announced()
    {
        if (_announced < 0)
        {
            _announced = Math.Max(Free, SessionHoldings.InSteps(SizeOf(record.Value.State)));
        }

        return _announced;
    }

    private static long SizeOf(IReadOnlyDictionary<string, JsonElement> state) =>
        state.Sum(pair => (long)pair.Key.Length + pair.Value.GetRawText().Length);
}
