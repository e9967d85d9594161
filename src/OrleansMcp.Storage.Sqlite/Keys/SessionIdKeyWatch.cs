using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Keys;

namespace OrleansMcp.Storage.Sqlite.Keys;

/// <summary>Applies changed keys while the server runs. If they cannot be read, the former ones stay in use.</summary>
internal sealed partial class SessionIdKeyWatch(ISessionIdKeyRing ring, SessionIdIssuer ids, TimeProvider time, ILogger<SessionIdKeyWatch> logger)
    : IHostedService, IDisposable
{
    // Polled, because another process changes the keys without a notification.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(2);

    private readonly Lock _looking = new();
    private SessionIdKeys? _inForce;
    private string? _problem;
    private ITimer? _timer;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Look();
        _timer = time.CreateTimer(_ => Look(), state: null, s_interval, s_interval);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose() => _timer?.Dispose();

    private void Look()
    {
        lock (_looking)
        {
            try
            {
                Follow(ring.Read());
                _problem = null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Tell(e.Message);
            }
        }
    }

    private void Follow(SessionIdKeys keys)
    {
        if (_inForce is { } former && former.Are(keys))
        {
            return;
        }

        ids.Use(keys.Keys);
        _inForce = keys;
        LogInForce(logger, keys.Names[0], string.Join(", ", keys.Names));
    }

    // Once, not every two seconds.
    private void Tell(string problem)
    {
        if (_problem != problem)
        {
            _problem = problem;
            LogUnusable(logger, problem);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Session ids are issued with the key {Issuing}; ids of these keys are valid: {Verifying}.")]
    private static partial void LogInForce(ILogger logger, string issuing, string verifying);

    [LoggerMessage(Level = LogLevel.Error, Message = "The changed keys of session ids are NOT in force; the former ones stay: {Problem}")]
    private static partial void LogUnusable(ILogger logger, string problem);
}
