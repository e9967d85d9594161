using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>Ready means that state can be written. A real write says more than free space does; its result is kept for a few seconds.</summary>
internal sealed class StoreHealthCheck(StoreDatabase database, TimeProvider time) : IHealthCheck, IDisposable
{
    public const string Name = "data folder";

    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1, 1);
    private long? _writtenAt;
    private HealthCheckResult _result;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_writtenAt is not { } writtenAt || time.GetElapsedTime(writtenAt) >= s_kept)
            {
                _result = await WriteAsync();
                _writtenAt = time.GetTimestamp();
            }

            return _result;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<HealthCheckResult> WriteAsync()
    {
        try
        {
            await database.Writer.RunAsync(64, connection =>
            {
                Meta.Write(connection, Meta.Probe, time.GetUtcNow().UtcTicks);
                return true;
            });
            return HealthCheckResult.Healthy();
        }
        catch (StoreDamagedException)
        {
            return HealthCheckResult.Unhealthy("is damaged");
        }
        catch (IOException)
        {
            return HealthCheckResult.Unhealthy("cannot be written");
        }
    }
}
