using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Sessions;

namespace OrleansMcp.Tests.Quotas;

public sealed class SessionAccountTests
{
    [Fact]
    public async Task A_call_over_the_budget_is_refused_with_one_signal()
    {
        var bench = new SessionBench(TestConfiguration.With(quotas: QuotaConfiguration.None with { CallsPerMinute = 2 }));
        Assert.Null(await AdmitAsync(bench));
        Assert.Null(await AdmitAsync(bench));
        var refusal = await AdmitAsync(bench);
        Assert.Equal((Quota.Calls, QuotaScope.Client, 60), (refusal!.Quota, refusal.Scope, refusal.RetryAfterSeconds));
        var signal = Assert.Single(bench.Signals.Raised);
        Assert.Equal((SignalName.QuotaExceeded, "callsPerMinute of the client"), (signal.Name, signal.What));
        Assert.Equal(2, bench.Account.Meter.Running);

        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await AdmitAsync(bench));
    }

    [Fact]
    public async Task Nothing_is_admitted_as_long_as_it_cannot_be_counted()
    {
        var bench = new SessionBench(TestConfiguration.With(quotas: QuotaConfiguration.None with { CallsPerMinute = 2 }));
        bench.Tenants.Ledgers.Fails = true;
        await Assert.ThrowsAsync<QuotaUnavailableException>(() => AdmitAsync(bench));
        await Assert.ThrowsAsync<QuotaUnavailableException>(() => bench.Account.ReadAsync(CancellationToken.None).AsTask());
        Assert.Equal(0, bench.Account.Meter.Running);
        Assert.Empty(bench.Signals.Raised);
        bench.Tenants.Ledgers.Fails = false;
        Assert.Null(await AdmitAsync(bench));
    }

    [Fact]
    public async Task A_client_that_calls_on_without_a_pause_waits_for_its_refusal()
    {
        var bench = new SessionBench(TestConfiguration.With(quotas: QuotaConfiguration.None with { CallsPerMinute = 0 }));
        for (var call = 0; call < 20; call++)
        {
            Assert.NotNull(await AdmitAsync(bench));
        }

        using var impatient = new CancellationTokenSource();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Account.AdmitAsync(SessionBench.Alice, isTool: true, impatient.Token).AsTask());
        Assert.Equal(20, bench.Signals.Raised.Count);
    }

    [Fact]
    public async Task What_a_handler_wants_to_spend_is_spent_or_refused_with_one_signal()
    {
        var bench = new SessionBench(TestConfiguration.With(quotas: QuotaConfiguration.None with { EgressCallsPerMinute = 1 }));
        await bench.Account.SpendAsync(bench.ToolCall(), Quota.EgressCalls, 1, CancellationToken.None);
        Assert.Empty(bench.Signals.Raised);
        var refused = await Assert.ThrowsAsync<QuotaExceededException>(
            () => bench.Account.SpendAsync(bench.ToolCall(), Quota.EgressCalls, 1, CancellationToken.None).AsTask());
        Assert.Equal(Quota.EgressCalls, refused.Refusal.Quota);
        Assert.Equal(1, bench.Raised(SignalName.QuotaExceeded));
    }

    [Theory]
    [InlineData(0, 0, 0, 0, QuotaScope.Client)]
    [InlineData(0, 0, 9, 0, QuotaScope.Client)]
    [InlineData(0, 0, 9, 8, QuotaScope.Tenant)]
    [InlineData(0, 7, 9, 8, QuotaScope.Session)]
    [InlineData(6, 7, 9, 8, QuotaScope.Session)]
    public void The_shortest_time_for_a_call_counts(int ofTenantsSession, int ofClientsSession, int ofClient, int ofTenant, QuotaScope whose)
    {
        var bench = new SessionBench();
        var tenant = bench.Configuration.Current.Tenants["acme"];
        var alice = tenant.Clients["alice"] with { Quotas = Of(ofClient), SessionQuotas = Of(ofClientsSession) };
        tenant = tenant with
        {
            Quotas = Of(ofTenant), SessionQuotas = Of(ofTenantsSession), Clients = new Dictionary<string, ClientConfiguration> { ["alice"] = alice },
        };
        bench.Configuration.Current = bench.Configuration.Current with { Tenants = new Dictionary<string, TenantConfiguration> { ["acme"] = tenant } };
        int[] all = [ofTenantsSession, ofClientsSession, ofClient, ofTenant];
        var shortest = all.Where(seconds => seconds > 0).Select(seconds => TimeSpan.FromSeconds(seconds)).DefaultIfEmpty(Timeout.InfiniteTimeSpan).Min();
        Assert.Equal((shortest, whose), bench.Account.CallTimeout());

        static QuotaConfiguration Of(int seconds) => QuotaConfiguration.None with
        {
            CallTimeout = seconds == 0 ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(seconds),
        };
    }

    [Fact]
    public async Task A_session_that_never_spent_anything_owes_nothing()
    {
        var bench = new SessionBench();
        bench.Tenants.IsAway = true;
        await bench.Account.SettleAsync();
    }

    [Fact]
    public async Task A_session_that_leaves_gives_the_places_back_that_it_does_not_use()
    {
        const int limit = 128; // So many that a session keeps places that its calls have released.
        var bench = new SessionBench(TestConfiguration.With(quotas: QuotaConfiguration.None with { ConcurrentCalls = limit }));
        Assert.Null(await AdmitAsync(bench));
        bench.Account.Meter.Release();
        var other = new SessionMeter(bench.Tenants.Get("acme"), "alice", SessionKey.Of("acme", isPrincipal: false, 2), bench.Time);
        QuotaRefusal? refused = null;
        for (var call = 0; call < limit && refused is null; call++)
        {
            refused = await other.AdmitAsync(isTool: true, CancellationToken.None);
        }

        Assert.Equal(Quota.ConcurrentCalls, refused!.Quota);
        await bench.Account.SettleAsync();
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await other.AdmitAsync(isTool: true, CancellationToken.None));
    }

    private static Task<QuotaRefusal?> AdmitAsync(SessionBench bench) => bench.Account.AdmitAsync(SessionBench.Alice, isTool: true, CancellationToken.None).AsTask();
}
