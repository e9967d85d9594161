using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OrleansMcp.Embedded.Files;
using OrleansMcp.Embedded.Tenants;
using OrleansMcp.Sessions;

namespace OrleansMcp.Embedded.Sessions;

/// <summary>
/// Before the first request: counts the sessions that a former process left, so that caps hold and none is forgotten. After the last one:
/// writes down what was spent.
/// </summary>
internal sealed partial class Recovery(
    FileSessionStore store, EmbeddedTenants tenants, Sleepers sleepers, TimeProvider time, ILogger<Recovery> logger) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var watch = Stopwatch.StartNew();
        var (count, now) = (0, time.GetUtcNow());
        foreach (var header in store.Scan())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var key = new SessionKey(header.Key);
            if (!key.IsPrincipal)
            {
                tenants.Of(header.Tenant).Restore(header.Client, key);
            }

            // The record holds more than the state; the session says how much less it keeps when it changes the next time.
            tenants.Of(header.Tenant).RestoreState(header.Client, key, header.PayloadLength);

            sleepers.Add(key, header.LastActiveAt < now ? now : header.LastActiveAt, header.ExpiresAt);
            count++;
        }

        LogRecovered(logger, count, watch.ElapsedMilliseconds);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => tenants.CloseAsync();

    [LoggerMessage(Level = LogLevel.Information, Message = "{Sessions} sessions found in the data folder in {Milliseconds} ms.")]
    private static partial void LogRecovered(ILogger logger, int sessions, long milliseconds);
}
