using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Quotas;

namespace OrleansMcp.Tests.Sessions.Handlers;

public sealed class CallEgressTests
{
    private readonly SessionBench _bench = new(TestConfiguration.With(quotas: QuotaConfiguration.None with { EgressCallsPerMinute = 1 }));

    [Fact]
    public async Task Each_request_is_spent_by_the_session_of_its_call_and_one_too_many_is_refused()
    {
        IEgressMeter meter = new CallEgress(_bench.ToolCall(), _bench.Account);
        await meter.SpendAsync(Quota.EgressCalls, 1, CancellationToken.None);
        IEgressMeter other = new CallEgress(_bench.ToolCall(id: 2), _bench.Account);
        var refused = await Assert.ThrowsAsync<QuotaExceededException>(() => other.SpendAsync(Quota.EgressCalls, 1, CancellationToken.None).AsTask());
        Assert.Equal((Quota.EgressCalls, QuotaScope.Client), (refused.Refusal.Quota, refused.Refusal.Scope));
        Assert.Equal(1, _bench.Raised(SignalName.QuotaExceeded));
    }

    [Fact]
    public async Task What_was_used_is_charged_to_the_session()
    {
        var bench = new SessionBench(TestConfiguration.With(quotas: QuotaConfiguration.None with { EgressBytesPerMinute = 1_000_000 }));
        new CallEgress(bench.ToolCall(), bench.Account).Charge(Quota.EgressBytes, 100_000);
        await bench.Account.SettleAsync();
        Assert.Equal(900_000, (await bench.Account.ReadAsync(CancellationToken.None)).Single(one => one.Name == "egressBytesPerMinute").Left);
    }

    [Fact]
    public void The_rules_are_those_of_the_sessions_client_as_they_are_in_force()
    {
        var meter = new CallEgress(_bench.ToolCall(), _bench.Account);
        Assert.Empty(meter.Rules.Allow);
        var tenant = _bench.Configuration.Current.Tenants["acme"];
        var alice = tenant.Clients["alice"] with { Egress = new EgressConfiguration { Allow = [new EgressRule("api.example.com")] } };
        _bench.Configuration.Current = _bench.Configuration.Current with
        {
            Tenants = new Dictionary<string, TenantConfiguration>
            {
                ["acme"] = tenant with { Clients = new Dictionary<string, ClientConfiguration> { ["alice"] = alice } },
            },
        };
        Assert.Equal("api.example.com", Assert.Single(meter.Rules.Allow).Host);
    }

    [Fact]
    public async Task A_request_ends_with_its_call()
    {
        var call = _bench.ToolCall();
        var meter = new CallEgress(call, _bench.Account);
        Assert.False(meter.Ended.IsCancellationRequested);
        var ended = new TaskCompletionSource();
        using var registration = meter.Ended.Register(ended.SetResult);
        call.Cancel(CancelReason.SessionEnded);
        await ended.Task.InTime("the request was cancelled");
    }

    [Fact]
    public async Task A_client_of_a_call_goes_only_where_the_rules_let_it()
    {
        await using var outside = await OutsideServer.StartAsync();
        using var client = CallEgress.CreateClient(_bench.ToolCall(), _bench.Environment);
        Assert.Equal(Timeout.InfiniteTimeSpan, client.Timeout); // The call has one.
        Assert.InRange(client.MaxResponseContentBufferSize, 1, 64 * 1024 * 1024);
        await Assert.ThrowsAsync<EgressDeniedException>(() => client.GetAsync(outside.At("/")));
        Assert.Empty(outside.Requests);
    }
}
