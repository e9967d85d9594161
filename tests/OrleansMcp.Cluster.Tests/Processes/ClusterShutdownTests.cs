using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>A process that leaves its cluster takes no call with it.</summary>
public sealed class ClusterShutdownTests
{
    [Fact]
    public async Task In_a_cluster_no_call_is_lost_with_the_silo_or_the_gateway_that_runs_it()
    {
        await using var cluster = await ProcessCluster.StartAsync(silos: 2, gateways: 2, "--drain", "3", "--probe", "3");
        var sessions = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => PatientClient.OpenAsync(cluster.Gateways[0].Url)));
        await Task.WhenAll(sessions.Select(session => session.IncrementAsync()));

        // On every silo, and all through one gateway; both it and a silo leave.
        var calls = sessions.Select(session => session.CallAsync("slow", new { ms = 6000 })).ToArray();
        await Task.WhenAll(sessions.Select(Departing.SentAsync));
        using var silo = await Departing.BeginAsync(cluster.Silos[0]);
        using var gateway = await Departing.BeginAsync(cluster.Gateways[0]);
        foreach (var call in calls)
        {
            Assert.Equal("waited 6000 ms", (await call.InTime("a call")).Expect(HttpStatusCode.OK).ToolText);
        }

        await silo.ExpectGoodEndAsync();
        await gateway.ExpectGoodEndAsync();
        foreach (var session in sessions)
        {
            session.Url = cluster.Gateways[1].Url;
            Assert.Equal(2, await session.IncrementAsync());
            session.Dispose();
        }
    }

    [Fact]
    public async Task What_cannot_be_begun_again_elsewhere_is_waited_for_where_it_runs()
    {
        await using var cluster = await ProcessCluster.StartAsync(silos: 2, gateways: 1, "--drain", "3", "--probe", "3");
        var sessions = await Task.WhenAll(Enumerable.Range(0, 12).Select(
            _ => PatientClient.OpenAsync(cluster.Gateways[0].Url, version: "2025-03-26")));

        // The calls of a batch are delivered once, whatever they are.
        var batches = sessions.Select(session => session.PostAsync(Rpc.Batch(Rpc.Call(1, "slow", new { ms = 8000 })))).ToArray();
        await Task.WhenAll(sessions.Select(Departing.SentAsync));
        using var silo = await Departing.BeginAsync(cluster.Silos[0]);
        foreach (var batch in batches)
        {
            Assert.Contains("waited 8000 ms", (await batch.InTime("a batch")).Expect(HttpStatusCode.OK).Text, StringComparison.Ordinal);
        }

        await silo.ExpectGoodEndAsync();
        Array.ForEach(sessions, session => session.Dispose());
    }
}
