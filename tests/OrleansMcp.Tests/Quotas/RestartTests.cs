using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Quotas;

/// <summary>Budgets of the server on its store.</summary>
[Collection(Alone.Collection)]
public sealed class RestartTests
{
    private const int Budget = 60; // carol's, in the demo configuration

    [Fact]
    public async Task A_server_that_is_killed_in_the_middle_of_a_minute_admits_no_more_than_the_minutes_budget()
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            using var folder = new ScratchFolder();
            await using var server = new ServerProcess(folder.Path);
            await server.StartAsync();
            using var client = await new RawClient(server.Url, TestConfiguration.Carol).OpenAsync();
            var (minute, admitted) = (Minute(), await CallAsync(client, 20));
            await server.KillAsync();
            await server.StartAsync();
            admitted += await CallAsync(client, 2 * Budget);
            if (Minute() == minute)
            {
                Assert.InRange(admitted, 20, Budget);
                return;
            }
        }

        Assert.Skip("The machine is too slow for all of it to happen within one minute.");
    }

    [Fact]
    public async Task A_store_that_takes_nothing_is_told_as_such_and_not_as_a_budget()
    {
        var (ledgers, time) = (new FullLedgers(), new FakeTimeProvider());
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Time = time,
            Configuration = TestConfiguration.With(quotas: new QuotaConfiguration()),
            Customise = builder => builder.Services.AddSingleton<ILedgerStore>(ledgers),
        });
        using var client = await server.Client().OpenAsync();
        Assert.Equal(3, await CallAsync(client, 3));
        ledgers.IsFull = true;
        time.Advance(TimeSpan.FromMinutes(4)); // Further than anything that was written ahead.
        var refused = await client.CallAsync("echo", new { text = "x" });
        Assert.Equal("quota_unavailable", (string?)refused.Result["structuredContent"]!["code"]);
        Assert.True((int)refused.Result["structuredContent"]!["retryAfterSeconds"]! > 0);
        ledgers.IsFull = false;
        Assert.Equal(3, await CallAsync(client, 3));
    }

    private static long Minute() => DateTimeOffset.UtcNow.UtcTicks / TimeSpan.TicksPerMinute;

    private static async Task<int> CallAsync(RawClient client, int calls)
    {
        for (var admitted = 0; admitted < calls; admitted++)
        {
            if ((await client.CallAsync("echo", new { text = "x" })).ToolFailed)
            {
                return admitted;
            }
        }

        return calls;
    }

    /// <summary>Takes nothing while it is full.</summary>
    private sealed class FullLedgers : ILedgerStore, ILedger
    {
        private volatile bool _isFull;

        public bool IsFull
        {
            get => _isFull;
            set => _isFull = value;
        }

        public bool MayOutliveActor => true;

        public ILedger Open(string tenant) => this;

        public ValueTask<LedgerRecord?> LoadAsync(CancellationToken cancellationToken) => new((LedgerRecord?)null);

        public ValueTask SaveAsync(LedgerRecord record, CancellationToken cancellationToken) =>
            IsFull ? throw new IOException("No space left on device.") : ValueTask.CompletedTask;
    }
}
