using OrleansMcp.Hosting;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>Ready means that state can be written. A real write says more than free space does; its result is kept for a few seconds.</summary>
internal sealed class StoreProbe(StoreDatabase database, TimeProvider time) : IReadinessProbe, IDisposable
{
    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1, 1);
    private long? _probedAt;
    private string? _problem;

    /// <inheritdoc/>
    public string Name => "data folder";

    /// <inheritdoc/>
    public async ValueTask<string?> ProblemAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_probedAt is not { } probedAt || time.GetElapsedTime(probedAt) >= s_kept)
            {
                _problem = await ProbeAsync();
                _probedAt = time.GetTimestamp();
            }

            return _problem;
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private async Task<string?> ProbeAsync()
    {
        try
        {
            await database.Writer.RunAsync(64, connection =>
            {
                Meta.Write(connection, Meta.Probe, time.GetUtcNow().UtcTicks);
                return true;
            });
            return null;
        }
        catch (StoreDamagedException)
        {
            return "is damaged";
        }
        catch (IOException)
        {
            return "cannot be written";
        }
    }
}
