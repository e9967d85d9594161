using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas.Requests;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Sessions;

namespace OrleansMcp.Tests.Quotas.Requests;

public sealed class RequestMeterTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly FakeTimeProvider _pace = new();
    private readonly SignalList _signals = new();
    private readonly TestConfigurationSource _configuration = new(With(new() { RequestsPerMinute = 3, ConcurrentStreams = 2 }));
    private readonly BenchTenants _tenants;
    private readonly RequestMeter _meter;

    public RequestMeterTests()
    {
        _tenants = new BenchTenants(_configuration, _time, _signals);
        _meter = NewMeter();
    }

    [Fact]
    public async Task A_client_has_its_requests_of_the_minute_and_others_have_theirs()
    {
        for (var number = 0; number < 3; number++)
        {
            Assert.Null(await AdmitAsync());
        }

        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(new QuotaRefusal(Quota.Requests, QuotaScope.Client, RetryAfterSeconds: 50), await AdmitAsync());
        Assert.Null(await AdmitAsync(SessionBench.Bob));
        _time.Advance(TimeSpan.FromSeconds(50));
        Assert.Null(await AdmitAsync());
    }

    [Fact]
    public async Task What_is_never_refused_and_the_elements_of_a_batch_count()
    {
        await _meter.CountAsync(SessionBench.Alice, CancellationToken.None);
        Assert.Null(_meter.Admit(SessionBench.Alice, further: 1));
        Assert.Equal(QuotaScope.Client, _meter.Admit(SessionBench.Alice, further: 2)!.Scope);
        Assert.Null(_meter.Admit(SessionBench.Alice, further: 1));
        Assert.NotNull(await AdmitAsync());
        await _meter.CountAsync(SessionBench.Alice, CancellationToken.None); // and is not refused
    }

    [Fact]
    public async Task The_clients_of_a_tenant_share_its_requests()
    {
        _configuration.Current = With(new() { RequestsPerMinute = 100 }, tenant: new() { RequestsPerMinute = 2 });
        Assert.Null(await AdmitAsync());
        Assert.Null(await AdmitAsync(SessionBench.Bob));
        Assert.Equal(QuotaScope.Tenant, (await AdmitAsync())!.Scope);
        Assert.Null(await AdmitAsync(SessionBench.Carol));
    }

    [Fact]
    public async Task What_other_processes_have_admitted_counts_as_well()
    {
        _configuration.Current = With(new() { RequestsPerMinute = 90 });
        var other = NewMeter();
        for (var number = 0; number < 90; number++)
        {
            Assert.Null(await other.AdmitAsync(SessionBench.Alice, CancellationToken.None));
        }

        await Eventually.Holds(
            async () => await _tenants.Get("acme").CountRequestsAsync("alice", 0, CancellationToken.None) is not null, "the tenant knew of all");
        var (asked, refusal) = (0, default(QuotaRefusal));
        await Eventually.Holds(
            async () =>
            {
                asked++;
                return (refusal = await AdmitAsync()) is not null;
            }, "the tenant said that the quota is used up");
        Assert.InRange(asked, 2, 90); // This process alone would have admitted as many.
        Assert.Equal((Quota.Requests, QuotaScope.Client), (refusal!.Quota, refusal.Scope));
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await AdmitAsync());
    }

    [Fact]
    public async Task A_tenant_that_cannot_be_reached_stops_nobody()
    {
        _tenants.IsAway = true;
        for (var number = 0; number < 3; number++)
        {
            Assert.Null(await AdmitAsync());
        }

        Assert.NotNull(await AdmitAsync());
    }

    [Fact]
    public async Task Other_quotas_hold_at_once()
    {
        for (var number = 0; number < 3; number++)
        {
            await AdmitAsync();
        }

        Assert.NotNull(await AdmitAsync());
        _configuration.Current = With(new() { RequestsPerMinute = 1000 });
        Assert.Null(await AdmitAsync());
    }

    [Fact]
    public async Task What_comes_faster_than_a_tenth_of_the_minutes_in_a_second_waits()
    {
        _configuration.Current = With(new() { RequestsPerMinute = 6000 });
        for (var number = 0; number < 600; number++)
        {
            Assert.True(AdmitAsync().IsCompletedSuccessfully);
        }

        var waiting = AdmitAsync();
        Assert.False(waiting.IsCompleted);
        _pace.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Null(await waiting.InTime("its turn came"));
        Assert.True(AdmitAsync(SessionBench.Bob).IsCompletedSuccessfully);
    }

    [Fact]
    public void A_hundred_in_a_second_never_wait_and_without_a_quota_none_does()
    {
        _configuration.Current = With(new() { RequestsPerMinute = 120 });
        Assert.All(Enumerable.Range(0, 100), _ => Assert.True(AdmitAsync().IsCompletedSuccessfully));
        _configuration.Current = With(new() { RequestsPerMinute = QuotaConfiguration.Unlimited });
        Assert.All(Enumerable.Range(0, 10_000), _ => Assert.True(AdmitAsync(SessionBench.Bob).IsCompletedSuccessfully));
    }

    [Fact]
    public async Task Refusals_are_answered_at_a_rate_and_none_waits_for_ever()
    {
        for (var number = 0; number < 3; number++)
        {
            await AdmitAsync();
        }

        for (var number = 0; number < 100; number++)
        {
            Assert.True(AdmitAsync().IsCompletedSuccessfully);
        }

        List<Task> late = [];
        for (var number = 0; number < 1000; number++)
        {
            late.Add(number % 2 == 0 ? AdmitAsync() : _meter.CountAsync(SessionBench.Alice, CancellationToken.None).AsTask());
        }

        Assert.All(late, one => Assert.False(one.IsCompleted));
        _pace.Advance(TimeSpan.FromSeconds(2));
        await Task.WhenAll(late).InTime("all were answered");
    }

    [Fact]
    public void Streams_are_open_until_they_are_closed()
    {
        var (one, two) = (Open(), Open());
        Assert.Null(_meter.TryOpenStream(SessionBench.Alice, out var refusal));
        Assert.Equal((Quota.ConcurrentStreams, QuotaScope.Client), (refusal!.Quota, refusal.Scope));
        Assert.Equal((SignalName.QuotaExceeded, "alice"), (_signals.Raised.Single().Name, _signals.Raised.Single().Who!.Client));
        one.Dispose();
        one.Dispose(); // counts once
        using var three = Open();
        Assert.Null(_meter.TryOpenStream(SessionBench.Alice, out _));
        two.Dispose();

        _configuration.Current = With(new() { ConcurrentStreams = 100 }, tenant: QuotaConfiguration.None with { ConcurrentStreams = 2 });
        using var four = Open();
        Assert.Null(_meter.TryOpenStream(SessionBench.Bob, out refusal));
        Assert.Equal(QuotaScope.Tenant, refusal!.Scope);
        three.Dispose();
        Assert.NotNull(_meter.TryOpenStream(SessionBench.Bob, out _));

        IDisposable Open() => _meter.TryOpenStream(SessionBench.Alice, out _)!;
    }

    private static ServerConfiguration With(QuotaConfiguration quotas, QuotaConfiguration? tenant = null)
    {
        var configuration = TestConfiguration.With(quotas: quotas);
        var tenants = configuration.Tenants.ToDictionary(StringComparer.Ordinal);
        tenants["acme"] = tenants["acme"] with { Quotas = tenant ?? QuotaConfiguration.None };
        return configuration with { Tenants = tenants };
    }

    private RequestMeter NewMeter() => new(_tenants, _configuration, _signals, new(new(), _configuration, new(_configuration)), _time, _pace);

    private Task<QuotaRefusal?> AdmitAsync() => AdmitAsync(SessionBench.Alice);

    private Task<QuotaRefusal?> AdmitAsync(Caller caller) => _meter.AdmitAsync(caller, CancellationToken.None).AsTask();
}
