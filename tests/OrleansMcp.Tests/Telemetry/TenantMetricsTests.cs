using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Memory;
using OrleansMcp.Quotas.Requests;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Telemetry;

/// <summary>What the metrics say of tenants, and that they say nothing of clients.</summary>
public sealed class TenantMetricsTests
{
    private const string Tenant = "tenant-with-metrics";
    private const string Client = "client-without-metrics";
    private const string Key = "key-without-metrics";

    [Fact]
    public async Task Metrics_carry_tenants_and_never_clients()
    {
        using var heard = new HeardMetrics();
        var time = new FakeTimeProvider();
        await using var server = await StartAsync(time);
        using var client = await server.Client(Key).OpenAsync();
        var calling = client.CallAsync("test_gate", new { gate = "slow" });
        await server.Gates["slow"].Entered;
        time.Advance(TimeSpan.FromSeconds(2));
        server.Gates["slow"].Open();
        await calling;
        await client.CallAsync("test_gate", new { gate = "slow" }); // One call too many.
        using var stranger = server.Client(Key);
        await stranger.SendAsync(stranger.Request(HttpMethod.Get, request => request.Headers.TryAddWithoutValidation("Mcp-Session-Id", "made up")));
        using var held = server.Services.GetRequiredService<HeldMemory>().Hold(Tenant, Client);
        held.TakeAnyway(12_345);
        heard.Observe();

        Assert.True(heard.Of("orleansmcp.tenant.held", Tenant) >= 12_345);
        Assert.True(heard.Of("orleansmcp.tenant.requests.admitted", Tenant) >= 4);
        Assert.Equal(1, heard.Of("orleansmcp.tenant.requests.refused", Tenant));
        Assert.Equal(2, heard.Of("orleansmcp.tenant.compute", Tenant));
        Assert.All(heard.Tags.Where(one => one.StartsWith("orleansmcp.tenant.", StringComparison.Ordinal)), one => Assert.Contains(" tenant=", one, StringComparison.Ordinal));
        Assert.Contains($"orleansmcp.signals tenant={Tenant}", heard.Tags);
        Assert.DoesNotContain(heard.Tags, one => one.Contains(Client, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_request_over_the_quota_of_requests_is_refused_and_not_admitted()
    {
        using var heard = new HeardMetrics();
        await using var server = await StartAsync(new());
        using var client = server.Client(Key);
        for (var request = 0; request < 20; request++)
        {
            await client.SendAsync(client.Request(HttpMethod.Get));
        }

        (await client.SendAsync(client.Request(HttpMethod.Get))).Expect(HttpStatusCode.TooManyRequests);
        Assert.Equal(20, heard.Of("orleansmcp.tenant.requests.admitted", Tenant));
        Assert.Equal(1, heard.Of("orleansmcp.tenant.requests.refused", Tenant));
    }

    [Fact]
    public async Task A_tenant_that_is_not_configured_has_no_series()
    {
        using var heard = new HeardMetrics();
        await using var server = await StartAsync(new());
        var (meter, memory) = (server.Services.GetRequiredService<RequestMeter>(), server.Services.GetRequiredService<HeldMemory>());
        string[] both = [Tenant, "tenant-of-nobody"];
        foreach (var tenant in both)
        {
            var caller = new Caller(tenant, Client, Client);
            meter.Refused(caller, await meter.AdmitAsync(caller, CancellationToken.None) ?? new QuotaRefusal(Quota.Requests, QuotaScope.Client, 1));
            memory.Hold(caller).TakeAnyway(1);
        }

        heard.Observe();
        Assert.Equal(
            [Tenant, Tenant, Tenant],
            heard.Tags.Where(static one => one.StartsWith("orleansmcp.tenant.", StringComparison.Ordinal)).Distinct()
                .Select(static one => one.Split(" tenant=")[1]).Where(both.Contains)); // The listener hears the servers of other tests too.
    }

    /// <param name="time">Stands still, so that no minute ends.</param>
    private static Task<TestServer> StartAsync(FakeTimeProvider time)
    {
        var quotas = new QuotaConfiguration { CallsPerMinute = 1, RequestsPerMinute = 20 };
        var client = new ClientConfiguration
        {
            Id = Client, Keys = [new ApiKeyConfiguration(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))],
            Permissions = TestConfiguration.Everything, Quotas = quotas,
        };
        return TestServer.StartAsync(new TestServerOptions
        {
            Time = time,
            Configuration = TestConfiguration.With() with
            {
                Tenants = new Dictionary<string, TenantConfiguration>(StringComparer.Ordinal)
                {
                    [Tenant] = new() { Id = Tenant, Clients = new Dictionary<string, ClientConfiguration>(StringComparer.Ordinal) { [Client] = client } },
                },
            },
        });
    }

    /// <summary>Everything that every instrument of the process says.</summary>
    private sealed class HeardMetrics : IDisposable
    {
        private readonly MeterListener _listener = new();
        private readonly ConcurrentDictionary<(string Instrument, string Tenant), double> _sums = new();
        private readonly ConcurrentQueue<string> _tags = new();

        public HeardMetrics()
        {
            _listener.InstrumentPublished = static (instrument, listener) => listener.EnableMeasurementEvents(instrument);
            _listener.SetMeasurementEventCallback<byte>((instrument, value, tags, _) => Hear(instrument, value, tags));
            _listener.SetMeasurementEventCallback<short>((instrument, value, tags, _) => Hear(instrument, value, tags));
            _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Hear(instrument, value, tags));
            _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Hear(instrument, value, tags));
            _listener.SetMeasurementEventCallback<float>((instrument, value, tags, _) => Hear(instrument, value, tags));
            _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Hear(instrument, value, tags));
            _listener.SetMeasurementEventCallback<decimal>((instrument, value, tags, _) => Hear(instrument, (double)value, tags));
            _listener.Start();
        }

        /// <summary>Each tag of each measurement, as <c>INSTRUMENT TAG=VALUE</c>.</summary>
        public IReadOnlyCollection<string> Tags => _tags;

        public double Of(string instrument, string tenant) => _sums.GetValueOrDefault((instrument, tenant));

        public void Observe() => _listener.RecordObservableInstruments();

        public void Dispose() => _listener.Dispose();

        private void Hear(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (name, tag) in tags)
            {
                var text = Convert.ToString(tag, CultureInfo.InvariantCulture) ?? "";
                _tags.Enqueue($"{instrument.Name} {name}={text}");
                if (name == "tenant")
                {
                    _sums.AddOrUpdate((instrument.Name, text), value, (_, sum) => sum + value);
                }
            }
        }
    }
}
