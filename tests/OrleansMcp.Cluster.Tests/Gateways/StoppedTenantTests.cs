using System.Net;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Tests.Cluster;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Gateways;

/// <summary>What clients of a stopped tenant get over HTTP: a refusal that says what to do, and never a failure of the server.</summary>
public sealed class StoppedTenantTests
{
    [Fact]
    public async Task Every_request_is_refused_with_a_stable_code_and_another_tenants_are_served()
    {
        var time = new FakeTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions { Configuration = TestConfiguration.With(), Time = time });
        using var alice = await server.Client().OpenAsync();
        using var carol = await server.Client(TestConfiguration.Carol).OpenAsync();
        await alice.IncrementAsync();
        await server.SendToSleepAsync(time);
        var storage = server.World.Storage;
        storage.Damage(
            storage.Keys.Single(key => key.Type.ToString() == SessionGrain.GrainType && storage.Text(key).Contains("alice", StringComparison.Ordinal)),
            DamageOfRow.Checksum);

        Stopped(await alice.CallAsync("increment"));
        Stopped(await alice.GetAsync());
        Stopped(await alice.DeleteAsync());
        using var another = server.Client(TestConfiguration.Bob);
        Stopped(await another.PostAsync(Rpc.Initialize(1, "2025-11-25")));
        Assert.Equal(1, await carol.IncrementAsync());
    }

    private static void Stopped(RawReply reply)
    {
        Assert.Equal((HttpStatusCode.ServiceUnavailable, TenantStoppedException.Code), (reply.Status, (string?)reply.Error["data"]!["code"]));
        Assert.Contains("restore FILE", (string?)reply.Error["message"], StringComparison.Ordinal);
        Assert.DoesNotContain("Retry-After", reply.Headers.Keys);
    }
}
