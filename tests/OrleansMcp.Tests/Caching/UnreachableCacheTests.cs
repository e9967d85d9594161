using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Caching;
using OrleansMcp.Grains.Tenants;
using OrleansMcp.Sessions;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Caching;

/// <summary>A tenant's actor that does not answer costs its cache, and no call.</summary>
public sealed class UnreachableCacheTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_cache_that_does_not_answer_is_a_miss(bool fails)
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With(),
            Time = time,
            Customise = builder => builder.Services.AddSingleton<ITenantDirectory>(
                provider => new SilentTenants(ActivatorUtilities.CreateInstance<ClusterTenants>(provider), fails)),
        });
        using var client = await server.Client().OpenAsync();
        var calling = Task.Run(() => client.CallTextAsync("cache_stamp", new { text = "x" }));
        await Eventually.Holds(
            () =>
            {
                time.Advance(TenantCacheClient.Patience);
                return calling.IsCompleted;
            },
            "the call went on without the cache");
        Assert.Contains("alice", await calling, StringComparison.Ordinal);
    }

    private sealed class SilentTenants(ITenantDirectory inner, bool fails) : ITenantDirectory
    {
        public ITenant Get(string tenant)
        {
            var silent = DispatchProxy.Create<ITenant, SilentTenant>();
            ((SilentTenant)silent).Become(inner.Get(tenant), fails);
            return silent;
        }
    }

    /// <summary>Passes on what is not about the cache.</summary>
    public class SilentTenant : DispatchProxy
    {
        private ITenant _inner = null!;
        private bool _fails;

        internal void Become(ITenant inner, bool fails) => (_inner, _fails) = (inner, fails);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => targetMethod!.Name switch
        {
            nameof(ITenant.FindOutputAsync) => new ValueTask<CachedOutput?>(Never<CachedOutput?>()),
            nameof(ITenant.KeepOutputAsync) => new ValueTask(Never<bool>()),
            _ => targetMethod.Invoke(_inner, args),
        };

        private Task<T> Never<T>() => _fails
            ? Task.FromException<T>(new InvalidOperationException("The silo is gone."))
            : new TaskCompletionSource<T>().Task;
    }
}
