using OrleansMcp.Configuration;
using OrleansMcp.Memory;
using OrleansMcp.Sessions;

namespace OrleansMcp.Quotas;

/// <summary>
/// Lets large bodies be read in turns: on half of the processors at most, and the tenants one after the other by the time that theirs took.
/// Nobody who sends small ones waits for a client that sends large ones.
/// </summary>
public sealed class ParseTurns : IDisposable
{
    private readonly FairScheduler _turns;
    private readonly TimeProvider _time;

    /// <param name="configuration">Says how many may wait.</param>
    /// <param name="time">The clock.</param>
    public ParseTurns(IConfigurationSource configuration, TimeProvider time)
    {
        var half = Math.Max(1, Environment.ProcessorCount / 2);
        _turns = new FairScheduler(() => configuration.Current.Scheduler with { MaxRunning = half }, time);
        _time = time;
    }

    /// <summary>Runs <paramref name="read"/> in the turn of the caller's tenant, when the caller has a share of the processor left.</summary>
    /// <exception cref="QuotaExceededException">Too many bodies of the tenant wait.</exception>
    public async ValueTask<T> RunAsync<T>(Caller caller, HeldBytes held, Func<T> read, CancellationToken cancellationToken)
    {
        var ticket = await EnterAsync(caller, held, cancellationToken);
        var began = _time.GetTimestamp();
        try
        {
            return read();
        }
        finally
        {
            held.Computed(_time.GetElapsedTime(began), _time);
            _turns.Leave(ticket);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turns.Dispose();

    private async ValueTask<Ticket> EnterAsync(Caller caller, HeldBytes held, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (held.Wait(_time) is { Ticks: > 0 } wait)
            {
                await Task.Delay(wait, _time, cancellationToken);
            }

            if (!_turns.TryEnter(caller.Tenant, out var ticket))
            {
                ticket = await _turns.EnterAsync(caller.Tenant, cancellationToken);
            }

            if (held.Wait(_time) <= TimeSpan.Zero)
            {
                return ticket;
            }

            _turns.Leave(ticket); // Another request of the client came first, and used up its share.
        }
    }
}
