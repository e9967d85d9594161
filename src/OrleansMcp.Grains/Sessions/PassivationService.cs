using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// Passivates sessions that were not used for <see cref="SessionConfiguration.PassivateAfter"/>. Orleans' own collection cannot do it,
/// because it does not see direct calls of <see cref="Directory.LocalSession"/>. Each session is checked when it may be due, not before.
/// </summary>
internal sealed partial class PassivationService(SessionFactory sessions, IConfigurationSource configuration, ILogger<PassivationService> logger) : BackgroundService
{
    private const int AtOnce = 16;
    private static readonly TimeSpan s_shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<long, HashSet<SessionActivation>> _due = []; // by second

    /// <summary>When this silo started, UTC: hosted services are constructed before the first activation.</summary>
    public DateTimeOffset StartedAt { get; } = sessions.Time.GetUtcNow();

    private TimeSpan After => configuration.Current.Sessions.PassivateAfter;

    public void Add(SessionActivation activation) => Add(activation, activation.Session.LastUsedAt + After);

    public void Remove(SessionActivation activation)
    {
        lock (_gate)
        {
            if (_due.TryGetValue(activation.DueSecond, out var same) && same.Remove(activation) && same.Count == 0)
            {
                _due.Remove(activation.DueSecond);
            }

            activation.DueSecond = SessionActivation.Left;
        }
    }

    /// <summary>Checks the sessions that may be due. Also called by tests.</summary>
    internal async Task TickAsync(CancellationToken cancellationToken)
    {
        var now = sessions.Time.GetUtcNow();
        await Parallel.ForEachAsync(
            TakeDue(now), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (activation, token) => await VisitAsync(activation, now, token));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval(), sessions.Time, stoppingToken);
                await TickAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private void Add(SessionActivation activation, DateTimeOffset due)
    {
        var second = due.UtcTicks / TimeSpan.TicksPerSecond;
        lock (_gate)
        {
            if (activation.DueSecond != SessionActivation.Left)
            {
                activation.DueSecond = second;
                (_due.TryGetValue(second, out var same) ? same : _due[second] = []).Add(activation);
            }
        }
    }

    private List<SessionActivation> TakeDue(DateTimeOffset now)
    {
        var second = now.UtcTicks / TimeSpan.TicksPerSecond;
        var taken = new List<SessionActivation>();
        lock (_gate)
        {
            foreach (var past in _due.Keys.Where(key => key <= second).ToArray())
            {
                _due.Remove(past, out var some);
                taken.AddRange(some!);
            }
        }

        return taken;
    }

    private async Task VisitAsync(SessionActivation activation, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var session = activation.Session;
        try
        {
            var due = session.LastUsedAt + After;
            if (!session.Exists)
            {
                activation.Leave("Nothing is behind it.");
            }
            else if (due > now)
            {
                Add(activation, due);
            }
            else if (!await session.TryPassivateAsync())
            {
                Add(activation, now + After); // The session is busy, or holds secrets that would be lost.
            }
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            LogFailed(logger, e, session.Key.Value);
            Add(activation, now + After);
        }
    }

    private TimeSpan Interval()
    {
        var quarter = After / 4;
        return quarter < s_shortest ? s_shortest : quarter > s_longest ? s_longest : quarter;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} could not leave memory.")]
    private static partial void LogFailed(ILogger logger, Exception exception, string session);
}
