using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Configuration;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Quotas;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Authorization;

/// <summary>Calls that were permitted when they came and wait to be admitted.</summary>
public sealed class QueuedCallTests
{
    [Fact]
    public async Task A_call_whose_permission_is_taken_away_while_it_queues_is_refused_and_never_runs()
    {
        var queue = new Gates()["admission"];
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With(),
            Customise = builder => builder.Services.AddSingleton<ITenantDirectory>(
                provider => new QueueingTenants(ActivatorUtilities.CreateInstance<ClusterTenants>(provider), queue)),
        });
        using var client = await server.Client().OpenAsync();
        var calling = client.CallAsync("test_gate", new { gate = "run" });
        await queue.Entered;
        ((TestConfigurationSource)server.Services.GetRequiredService<IConfigurationSource>()).Current =
            TestConfiguration.With().Permitting("acme", "alice", "tool:echo");
        Assert.Equal("permission_denied", (string?)(await calling).Result["structuredContent"]!["code"]);

        queue.Open();
        await Eventually.Holds(() => queue.Passed > 0, "the call was admitted");
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal("x", await client.CallTextAsync("echo", new { text = "x" })); // whoever was admitted before has begun by now
        }

        Assert.Equal((0, false), (server.Gates["run"].Passed, server.Gates["run"].WasCancelled)); // cancelled: it was begun
    }

    /// <summary>Hands out leases when the test lets it.</summary>
    private sealed class QueueingTenants(ITenantDirectory inner, Gate queue) : ITenantDirectory
    {
        public ITenant Get(string tenant)
        {
            var relayed = DispatchProxy.Create<ITenant, QueueingTenant>();
            ((QueueingTenant)relayed).Relay(inner.Get(tenant), queue);
            return relayed;
        }
    }

    /// <summary>Passes every call on, and those for leases only after a wait.</summary>
    public class QueueingTenant : DispatchProxy
    {
        private ITenant _inner = null!;
        private Gate _queue = null!;

        internal void Relay(ITenant inner, Gate queue) => (_inner, _queue) = (inner, queue);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            var result = targetMethod!.Invoke(_inner, args);
            return result is ValueTask<QuotaLease> lease ? new ValueTask<QuotaLease>(AfterwardsAsync(lease)) : result;
        }

        private async Task<QuotaLease> AfterwardsAsync(ValueTask<QuotaLease> lease)
        {
            await _queue.WaitAsync(CancellationToken.None);
            return await lease;
        }
    }
}
