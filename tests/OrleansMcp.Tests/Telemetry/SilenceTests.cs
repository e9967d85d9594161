using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Orleans;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Telemetry;

/// <summary>A process without an address to export to.</summary>
public sealed class SilenceTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public void Nothing_is_collected_and_grain_calls_cost_nothing_more()
    {
        var services = shared.Server.Services;
        Assert.Null(services.GetService<TracerProvider>());
        Assert.Null(services.GetService<MeterProvider>());
        Assert.Null(services.GetService<LoggerProvider>());
        Assert.Empty(services.GetServices<IIncomingGrainCallFilter>());
        Assert.Empty(services.GetServices<IOutgoingGrainCallFilter>());
    }
}
