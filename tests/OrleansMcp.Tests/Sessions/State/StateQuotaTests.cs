using System.Text.Json;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.State;

public sealed class StateQuotaTests
{
    private const int Step = (int)SessionHoldings.Step;

    private readonly SessionBench _bench = new(TestConfiguration.With(quotas: QuotaConfiguration.None with { StateBytes = 10 * Step }));

    [Fact]
    public async Task A_state_that_grows_too_far_is_refused_before_it_is_kept()
    {
        await WriteAsync(8 * Step);
        var kept = _bench.Record.Value;
        var refusal = await Assert.ThrowsAsync<QuotaExceededException>(() => WriteAsync(11 * Step));
        Assert.Equal((Quota.StateBytes, QuotaScope.Client), (refusal.Refusal.Quota, refusal.Refusal.Scope));
        Assert.Same(kept, _bench.Record.Value);
        Assert.Same(kept, _bench.Store[_bench.Record.Key]);
        var signal = Assert.Single(_bench.Signals.Raised);
        Assert.Equal((SignalName.QuotaExceeded, "alice", _bench.Record.Key), (signal.Name, signal.Who!.Client, signal.Session!.Value));
    }

    [Fact]
    public async Task The_first_step_of_a_session_needs_no_word_with_the_tenant()
    {
        var bench = new SessionBench(TestConfiguration.With(quotas: QuotaConfiguration.None with { StateBytes = 0 }));
        await WriteAsync(bench, Step - 100);
        Assert.Equal(2, bench.Record.Value.Version);
        await Assert.ThrowsAsync<QuotaExceededException>(() => WriteAsync(bench, Step + 100));
    }

    [Fact]
    public async Task A_principal_has_no_first_step()
    {
        var bench = new SessionBench(TestConfiguration.With(quotas: QuotaConfiguration.None with { StateBytes = 0 }), isPrincipal: true);
        await Assert.ThrowsAsync<QuotaExceededException>(() => WriteAsync(bench, 10));
        Assert.Empty(bench.Store.Operations);
    }

    [Fact]
    public async Task A_state_that_cannot_be_announced_does_not_grow()
    {
        var bench = new SessionBench(TestConfiguration.With(quotas: QuotaConfiguration.None with { StateBytes = 10 * Step, CallsPerMinute = 100 }));
        bench.Tenants.Ledgers.Fails = true;
        await Assert.ThrowsAsync<QuotaUnavailableException>(() => WriteAsync(bench, 3 * Step));
        Assert.Empty(bench.Store.Operations);
        bench.Tenants.Ledgers.Fails = false;
        await WriteAsync(bench, 3 * Step);
    }

    [Fact]
    public async Task What_a_state_that_has_shrunk_does_not_need_is_there_for_others()
    {
        await WriteAsync(9 * Step);
        Assert.NotNull(await KeepElsewhereAsync(5 * Step));
        await WriteAsync(2 * Step);
        Assert.Null(await KeepElsewhereAsync(5 * Step));
    }

    [Fact]
    public async Task A_failed_shrink_gives_nothing_back()
    {
        await WriteAsync(9 * Step);
        _bench.Store.FailsOnce = new IOException("The disk is full.");
        await Assert.ThrowsAsync<ModelContextProtocol.McpException>(() => WriteAsync(10));
        Assert.NotNull(await KeepElsewhereAsync(5 * Step));
    }

    [Fact]
    public async Task A_tenant_that_cannot_be_told_of_a_shrink_is_no_failure_of_the_change()
    {
        await WriteAsync(9 * Step);
        await WriteAsync(9 * Step); // The lease of writes that this one needs covers the next.
        await ((Tenant)_bench.Tenants.Get("acme")).CloseAsync();
        await Assert.ThrowsAsync<QuotaUnavailableException>(() => KeepElsewhereAsync(1));
        await WriteAsync(10);
        Assert.Equal(4, _bench.Record.Value.Version);
    }

    private async Task<QuotaRefusal?> KeepElsewhereAsync(long bytes)
    {
        var other = new SessionMeter(_bench.Tenants.Get("acme"), "alice", SessionKey.Of("acme", isPrincipal: false, 2), _bench.Time);
        return await other.KeepAsync(bytes);
    }

    private Task WriteAsync(int bytes) => WriteAsync(_bench, bytes);

    private static Task WriteAsync(SessionBench bench, int bytes) => bench.Writer.WriteAsync(
        record => record with
        {
            State = new Dictionary<string, JsonElement> { ["k"] = JsonSerializer.SerializeToElement(new string('x', bytes - 3)) },
        },
        CancellationToken.None);
}
