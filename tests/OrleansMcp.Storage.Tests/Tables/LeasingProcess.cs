using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Storage.AzureTables.Leases;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Storage.Tests.Tables;

/// <summary>What a process does about the lease, on a clock of its own. One whose clock is not moved is as good as killed.</summary>
internal sealed class LeasingProcess : IHostApplicationLifetime
{
    private readonly ServingLease _lease;
    private int _stops;

    public LeasingProcess(EmptyTables tables, string service = "service") =>
        _lease = new ServingLease(tables.Through(Line), service, this, Time, NullLogger<ServingLease>.Instance);

    public CutLine Line { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    /// <summary>Whether it was told to stop.</summary>
    public bool IsStopping => Volatile.Read(ref _stops) > 0;

    public CancellationToken ApplicationStarted => default;

    public CancellationToken ApplicationStopping => default;

    public CancellationToken ApplicationStopped => default;

    public Task StartAsync() => _lease.StartingAsync(default);

    public Task StopAsync() => _lease.StoppedAsync(default).InTime("the lease was released");

    /// <summary>What its health check says is wrong; null when all is well.</summary>
    public async Task<string?> ProblemAsync() => (await _lease.CheckHealthAsync(new HealthCheckContext(), default)).Description;

    /// <summary>Lets its time pass in steps, and its requests come back in between.</summary>
    public async Task PassAsync(double seconds, Func<bool>? until = null)
    {
        for (var passed = 0.0; passed < seconds && until?.Invoke() != true; passed += 0.5)
        {
            Time.Advance(TimeSpan.FromSeconds(0.5));
            await Line.QuietAsync();
        }
    }

    public void StopApplication() => Interlocked.Increment(ref _stops);
}
