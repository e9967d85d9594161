using OrleansMcp.Configuration;
using OrleansMcp.Quotas;

namespace OrleansMcp.Tests.Quotas;

/// <summary>What a tenant hands out, and to whom.</summary>
public sealed class LedgerTests
{
    public enum Limits
    {
        Session,
        Client,
        Tenant,
    }

    public static TheoryData<Limits, Quota> EveryWindow { get; } = new(
        from limits in Enum.GetValues<Limits>() from quota in new[] { Quota.Calls, Quota.Compute, Quota.OutputBytes, Quota.EgressCalls, Quota.EgressBytes }
        select (limits, quota));

    [Theory]
    [MemberData(nameof(EveryWindow))]
    public async Task Every_window_is_spent_once_and_says_whose_it_was(Limits limits, Quota quota)
    {
        var bench = Bench(limits, Only(quota, 20));
        var (meter, budget) = (bench.NewMeter(), Only(quota, 20).Of(quota));
        for (var spent = 0L; spent < budget; spent += budget / 20)
        {
            Assert.Null(await meter.SpendAsync(quota, budget / 20, CancellationToken.None));
        }

        var refusal = (await meter.SpendAsync(quota, 1, CancellationToken.None))!;
        Assert.Equal((quota, Enum.Parse<QuotaScope>($"{limits}")), (refusal.Quota, refusal.Scope));
        Assert.InRange(refusal.RetryAfterSeconds, 1, 60);
        bench.Time.Advance(TimeSpan.FromSeconds(refusal.RetryAfterSeconds));
        Assert.Null(await meter.SpendAsync(quota, 1, CancellationToken.None));
    }

    [Theory]
    [InlineData(Limits.Client)]
    [InlineData(Limits.Tenant)]
    public async Task Writes_are_spent_before_use_and_counted_in_memory(Limits limits)
    {
        var bench = Bench(limits, QuotaConfiguration.None with { WritesPerMinute = 10 });
        var meter = bench.NewMeter();
        for (var write = 0; write < 10; write++)
        {
            Assert.Null(await meter.SpendAsync(Quota.Writes, 1, CancellationToken.None));
        }

        Assert.Equal(Quota.Writes, (await meter.SpendAsync(Quota.Writes, 1, CancellationToken.None))!.Quota);
        Assert.Equal(0, bench.Store.Writes);
        bench.Damage(); // What is not known of the minute stops calls, and not what protects the server.
        Assert.Null(await meter.SpendAsync(Quota.Writes, 1, CancellationToken.None));
    }

    [Theory]
    [InlineData(Limits.Client, QuotaScope.Client)]
    [InlineData(Limits.Tenant, QuotaScope.Tenant)]
    public async Task Requests_are_counted_when_they_were_admitted_and_owe_nothing_to_the_next_minute(Limits limits, QuotaScope scope)
    {
        var bench = Bench(limits, QuotaConfiguration.None with { RequestsPerMinute = 10 });
        Assert.Null(await CountAsync(9));
        Assert.Equal((Quota.Requests, scope), (await CountAsync(100)) is { } refusal ? (refusal.Quota, refusal.Scope) : default);
        Assert.NotNull(await CountAsync(0));
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await CountAsync(9));
        Assert.Equal(0, bench.Store.Writes);

        async Task<QuotaRefusal?> CountAsync(long requests) => await bench.Tenant.CountRequestsAsync("alice", requests, CancellationToken.None);
    }

    [Theory]
    [InlineData(Limits.Client, true, 0)]
    [InlineData(Limits.Tenant, true, 0)]
    [InlineData(Limits.Session, false, 10)]
    public async Task Another_session_shares_what_is_its_clients_or_tenants(Limits limits, bool shares, int more)
    {
        var bench = Bench(limits, Only(Quota.Calls, 10));
        Assert.Equal(10, await LedgerBench.CallAsync(bench.NewMeter(), 20));
        Assert.Equal(more, await LedgerBench.CallAsync(bench.NewMeter(), 20));
        Assert.Equal(limits == Limits.Tenant ? 0 : 10, await LedgerBench.CallAsync(bench.NewMeter("bob"), 20));
        Assert.Equal(shares, more == 0);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(60)]
    [InlineData(600)]
    public async Task One_session_may_spend_a_whole_budget(int budget) =>
        Assert.Equal(budget, await LedgerBench.CallAsync(Bench(Limits.Client, Only(Quota.Calls, budget)).NewMeter(), 2 * budget));

    [Fact]
    public async Task Sessions_that_make_one_call_each_get_the_whole_budget_out_of_it()
    {
        var bench = Bench(Limits.Client, Only(Quota.Calls, 600));
        var admitted = 0;
        for (var i = 0; i < 700; i++)
        {
            admitted += await LedgerBench.CallAsync(bench.NewMeter(), 1);
        }

        Assert.Equal(600, admitted);
    }

    [Fact]
    public async Task A_large_budget_costs_few_words_with_the_tenant_and_few_writes()
    {
        var bench = Bench(Limits.Client, Only(Quota.Calls, 1_000_000));
        Assert.Equal(100_000, await LedgerBench.CallAsync(bench.NewMeter(), 100_000));
        Assert.InRange(bench.Store.Writes, 1, 12);
    }

    [Fact]
    public async Task A_debt_is_paid_in_the_minute_that_follows_and_not_beyond()
    {
        var bench = Bench(Limits.Client, Only(Quota.Compute, 10));
        var meter = bench.NewMeter();
        Assert.Null(await meter.SpendAsync(Quota.Compute, 1, CancellationToken.None));
        meter.Charge(Quota.Compute, 16_000_000);
        await meter.RenewAsync();
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        var left = (await bench.Tenant.ReadQuotasAsync("alice", bench.NewKey(), CancellationToken.None)).Single();
        Assert.Equal(("computeSecondsPerMinute", 10L, 3L), (left.Name, left.Limit, left.Left)); // 6 s and a microsecond are owed

        meter.Charge(Quota.Compute, 500_000_000);
        await meter.RenewAsync();
        var refusal = (await bench.NewMeter().SpendAsync(Quota.Compute, 1, CancellationToken.None))!;
        Assert.InRange(refusal.RetryAfterSeconds, 61, 120);
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(await bench.NewMeter().SpendAsync(Quota.Compute, 1, CancellationToken.None));
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await bench.NewMeter().SpendAsync(Quota.Compute, 1, CancellationToken.None));
    }

    [Fact]
    public async Task A_debt_outlives_the_session_and_the_actor()
    {
        var bench = Bench(Limits.Client, Only(Quota.OutputBytes, 1000));
        var meter = bench.NewMeter();
        meter.Charge(Quota.OutputBytes, 2500);
        await meter.RenewAsync(); // By now the debt has arrived.
        bench.Crash();
        Assert.NotNull(await bench.NewMeter().SpendAsync(Quota.OutputBytes, 1, CancellationToken.None));
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        bench.Crash();
        Assert.NotNull(await bench.NewMeter().SpendAsync(Quota.OutputBytes, 1, CancellationToken.None));
    }

    [Fact]
    public async Task A_clock_that_is_set_back_refills_nothing()
    {
        var bench = Bench(Limits.Client, Only(Quota.Calls, 5));
        Assert.Equal(5, await LedgerBench.CallAsync(bench.NewMeter(), 9));
        bench.Time.AdjustTime(bench.Time.GetUtcNow() - TimeSpan.FromMinutes(3));
        Assert.Equal(0, await LedgerBench.CallAsync(bench.NewMeter(), 9));
    }

    [Fact]
    public async Task Changed_quotas_count_from_the_next_lease()
    {
        var bench = Bench(Limits.Client, Only(Quota.Calls, 5));
        Assert.Equal(5, await LedgerBench.CallAsync(bench.NewMeter(), 9));
        bench.Configure(client: Only(Quota.Calls, 7));
        Assert.Equal(2, await LedgerBench.CallAsync(bench.NewMeter(), 9));
        bench.Configure(client: Only(Quota.Calls, 1));
        Assert.Equal(0, await LedgerBench.CallAsync(bench.NewMeter(), 9));
    }

    [Fact]
    public async Task Openings_are_counted_by_the_minute_for_client_and_tenant_whatever_was_closed()
    {
        var bench = new LedgerBench(LedgerBench.Free with { SessionsPerMinute = 3 }, LedgerBench.Free with { SessionsPerMinute = 5 });
        Assert.Equal((3, 2), (await OpenAndCloseAsync(bench, "alice"), await OpenAndCloseAsync(bench, "bob")));
        bench.Crash();
        Assert.Equal(0, await OpenAndCloseAsync(bench, "alice"));
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(3, await OpenAndCloseAsync(bench, "alice"));
    }

    [Fact]
    public async Task Open_sessions_are_counted_over_all_clients_of_a_tenant()
    {
        var bench = new LedgerBench(tenant: LedgerBench.Free with { Sessions = 2 });
        Assert.Null(await bench.Tenant.RegisterAsync("alice", bench.NewKey()));
        Assert.Null(await bench.Tenant.RegisterAsync("bob", bench.NewKey()));
        var refusal = (await bench.Tenant.RegisterAsync("alice", bench.NewKey()))!;
        Assert.Equal("quota_exceeded", refusal.Code);
        Assert.Contains("tenant", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Limits.Session)]
    [InlineData(Limits.Client)]
    [InlineData(Limits.Tenant)]
    public async Task State_is_counted_while_it_is_kept(Limits limits)
    {
        var bench = Bench(limits, LedgerBench.Free with { StateBytes = 40_960 });
        var meter = bench.NewMeter();
        Assert.Null(await meter.KeepAsync(40_960));
        Assert.Equal((Quota.StateBytes, Enum.Parse<QuotaScope>($"{limits}")), Refused(await meter.KeepAsync(45_000)));
        var other = bench.NewMeter(limits == Limits.Tenant ? "bob" : "alice");
        Assert.Equal(limits != Limits.Session, await other.KeepAsync(1) is not null);
        Assert.Null(await meter.KeepAsync(8_192));
        Assert.Null(await other.KeepAsync(32_768));
    }

    private static (Quota, QuotaScope) Refused(QuotaRefusal? refusal) => (refusal!.Quota, refusal.Scope);

    private static async Task<int> OpenAndCloseAsync(LedgerBench bench, string client)
    {
        for (var opened = 0; ; opened++)
        {
            var key = bench.NewKey();
            if (await bench.Tenant.RegisterAsync(client, key) is not null)
            {
                return opened;
            }

            await bench.Tenant.UnregisterAsync(client, key, CancellationToken.None);
        }
    }

    private static LedgerBench Bench(Limits limits, QuotaConfiguration quotas) => limits switch
    {
        Limits.Session => new(session: quotas),
        Limits.Client => new(client: quotas),
        _ => new(tenant: quotas),
    };

    private static QuotaConfiguration Only(Quota quota, long limit) => quota switch
    {
        Quota.Calls => LedgerBench.Free with { CallsPerMinute = limit },
        Quota.Compute => LedgerBench.Free with { ComputeSecondsPerMinute = limit },
        Quota.OutputBytes => LedgerBench.Free with { OutputBytesPerMinute = limit },
        Quota.EgressCalls => LedgerBench.Free with { EgressCallsPerMinute = limit },
        _ => LedgerBench.Free with { EgressBytesPerMinute = limit },
    };
}
