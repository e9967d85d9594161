using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Processes;

/// <summary>Processes that start before what they need is there, or where it never is.</summary>
public sealed class StartTests
{
    private static readonly string s_key = Convert.ToBase64String(new byte[32]);

    [Fact]
    public async Task A_silo_waits_for_its_storage()
    {
        var port = FreePort.Next();
        await using var silo = ClusterNode.Silo("c-start", Azurite.ConnectionStringAt(port), s_key).Launch();
        await Eventually.Holds(() => silo.Process.Output.Contains("Waiting for the table storage", StringComparison.Ordinal), "it said so");
        await using var azurite = await Azurite.StartAsync(port);
        await silo.ReadyAsync();
    }

    [Theory]
    [InlineData("silo")]
    [InlineData("gateway")]
    public async Task A_process_that_is_told_to_stop_while_it_waits_goes_without_a_complaint(string role)
    {
        var tables = Azurite.ConnectionStringAt(FreePort.Next());
        await using var node = (role == "silo" ? ClusterNode.Silo("c", tables, s_key) : ClusterNode.Gateway("c", tables, s_key)).Launch();
        await Eventually.Holds(() => node.Process.Output.Contains("Waiting for the table storage", StringComparison.Ordinal), "it said so");
        var (code, _) = await node.Process.TerminateAsync();
        Assert.Equal(0, code);
        Assert.DoesNotContain("Unhandled", node.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gateway_without_silos_is_told_to_stop_as_easily()
    {
        var tables = await Azurite.NewAccountAsync();
        await using var node = ClusterNode.Gateway("c", tables, s_key).Launch();
        await Eventually.Holds(() => node.Process.Output.Contains("any gateway", StringComparison.Ordinal), "it looked for silos");
        var (code, _) = await node.Process.TerminateAsync();
        Assert.Equal(0, code);
        Assert.DoesNotContain("Unhandled", node.Process.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_is_its_whole_cluster_listens_for_HTTP_and_nothing_else()
    {
        await using var alone = ClusterNode.Alone();
        await alone.StartAsync();
        Assert.Equal([alone.Url.Port], ListeningSockets.Of(alone.Process.Id));

        // Not only for want of looking: a silo of a cluster is seen to listen at its ports as well.
        var tables = await Azurite.NewAccountAsync();
        await using var silo = ClusterNode.Silo("c-ports", tables, s_key);
        await silo.StartAsync();
        int[] ports = [silo.Url.Port, silo.SiloPort, silo.GatewayPort];
        Assert.Equal(ports.Order(), ListeningSockets.Of(silo.Process.Id));
    }

    [Fact]
    public async Task A_process_that_is_alone_on_tables_serves_them_and_a_second_one_says_why_it_does_not()
    {
        var tables = await Azurite.NewAccountAsync();
        await using var first = ClusterNode.AloneOn(tables, "s-1", s_key);
        await first.StartAsync();
        using var client = await PatientClient.OpenAsync(first.Url);
        Assert.Equal(1, await PatientClient.IncrementAsync(client));

        await using var second = ClusterNode.AloneOn(tables, "s-1", s_key).Launch();
        Assert.Equal(1, await second.Process.ExitAsync(Eventually.Deadline));
        Assert.Contains("Another process", second.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Process.Output, StringComparison.Ordinal);
        Assert.Equal(2, await PatientClient.IncrementAsync(client));

        // The lease goes with a process that stops.
        Assert.Equal(0, (await first.Process.TerminateAsync()).ExitCode);
        await first.StartAgainAsync();
        Assert.Equal(3, await PatientClient.IncrementAsync(client));
    }

    [Fact]
    public async Task Storage_that_refuses_the_process_stops_its_start_with_one_line()
    {
        var tables = await Azurite.NewAccountAsync();
        var wrong = tables.Replace("AccountKey=Eby8", "AccountKey=AAAA", StringComparison.Ordinal);
        await using var node = ClusterNode.Silo("c", wrong, s_key).Launch();
        Assert.Equal(1, await node.Process.ExitAsync());
        Assert.Contains("refuses this process: 403", node.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("AAAA", node.Process.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", node.Process.Output, StringComparison.Ordinal);
    }
}
