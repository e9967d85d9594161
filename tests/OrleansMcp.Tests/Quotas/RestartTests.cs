using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OrleansMcp.Configuration;
using OrleansMcp.Embedded.Files;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Time;

namespace OrleansMcp.Tests.Quotas;

/// <summary>Budgets of the server on its files.</summary>
[Collection(AloneCollection.Name)]
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
    public async Task A_disk_that_takes_nothing_is_told_as_such_and_not_as_a_budget()
    {
        var (disk, time) = (new FaultyDisk(), new ManualTimeProvider());
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Time = time,
            Configuration = TestConfiguration.With(quotas: new QuotaConfiguration()),
            Customise = builder => builder.Services.Replace(ServiceDescriptor.Singleton<Disk>(disk)),
        });
        using var client = await server.Client().OpenAsync();
        Assert.Equal(3, await CallAsync(client, 3));
        disk.Fails = FaultyDisk.Step.Write;
        time.Advance(TimeSpan.FromMinutes(4)); // Further than anything that was written ahead.
        var refused = await client.CallAsync("echo", new { text = "x" });
        Assert.Equal("quota_unavailable", (string?)refused.Result["structuredContent"]!["code"]);
        Assert.True((int)refused.Result["structuredContent"]!["retryAfterSeconds"]! > 0);
        disk.Fails = null;
        Assert.Equal(3, await CallAsync(client, 3));
    }

    [Fact]
    public async Task A_damaged_file_of_ledgers_costs_the_rest_of_the_minute()
    {
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Time = time, Configuration = TestConfiguration.With(quotas: new QuotaConfiguration()),
        });
        using var client = await server.Client().OpenAsync();
        Assert.Equal(3, await CallAsync(client, 3));
        await server.StopAsync();
        var file = Path.Combine(server.DataFolder, "ledgers", "acme.ledgers");
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^2] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);
        await server.StartAgainAsync();
        Assert.Equal(0, await CallAsync(client, 1));
        time.Advance(TimeSpan.FromMinutes(1));
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
}
