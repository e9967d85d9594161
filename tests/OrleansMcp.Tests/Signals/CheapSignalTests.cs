using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Signals;

/// <summary>What anybody can cause for nothing fills neither log nor audit, and is counted all the same.</summary>
public sealed class CheapSignalTests
{
    private const int Times = 10;

    private static readonly string[] s_cheap =
    [
        SignalName.ForgedSessionId, SignalName.OriginRejected, SignalName.QuotaExceeded, SignalName.PermissionDenied, SignalName.PolicyDenied,
        SignalName.StaleRead,
    ];

    [Fact]
    public async Task It_is_written_down_once_a_minute_and_client_with_how_often_it_was()
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions { Time = time });
        var signals = (ISignals)server.Services.GetService(typeof(ISignals))!;
        foreach (var name in s_cheap)
        {
            for (var i = 0; i < Times; i++)
            {
                signals.Raise(new Signal(name, new("acme", "bob", "bob"), What: "his"));
                signals.Raise(new Signal(name, new("acme", "alice", "alice"), What: "hers"));
            }
        }

        time.Advance(TimeSpan.FromMinutes(1));
        foreach (var name in s_cheap)
        {
            signals.Raise(new Signal(name, new("acme", "bob", "bob"), What: "again"));
        }

        Assert.All(s_cheap, name => Assert.Equal((2 * Times) + 1, server.Signals[name]));
        await server.StopAsync();
        var entries = server.ReadAudit().Split('\n');
        foreach (var name in s_cheap)
        {
            var own = entries.Where(entry => entry.Contains($"\"event\":\"{name}\"", StringComparison.Ordinal)).ToList();
            Assert.Equal(3, own.Count);
            Assert.Contains($"\"what\":\"again (and {Times - 1} more since the last entry)\"", own[^1], StringComparison.Ordinal);
        }
    }
}
