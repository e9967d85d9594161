using Azure.Core;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;
using OrleansMcp.Sessions;
using OrleansMcp.Silo.Storage;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Time;

namespace OrleansMcp.Cluster.Tests.Storage;

/// <summary>What a silo that died leaves in the grain directory, and who clears it away.</summary>
public sealed class DirectorySweeperTests(TableServer server) : IClassFixture<TableServer>
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");

    [Fact]
    public async Task The_entries_of_a_dead_silo_go_and_those_of_the_living_stay()
    {
        await using var ruin = await RuinAsync("swept");
        var living = await EntriesAsync("swept", ruin.Survivor);
        Assert.NotEmpty(living);
        Assert.NotEmpty(ruin.Left);

        // Of a silo that joins at this moment and that nobody here has heard of yet, and one that says nothing that can be read.
        var (coming, unreadable) = (Copy(ruin.Left[0], "coming", "127.0.0.1:9@9"), Copy(ruin.Left[0], "unreadable", "somewhere"));
        var nameless = Copy(ruin.Left[0], "nameless", null);
        foreach (var entry in new[] { coming, unreadable, nameless })
        {
            await Directory.UpsertEntityAsync(entry);
        }

        // The same silo's entry in a cluster of another name is none of this cluster's business.
        await Directory.UpsertEntityAsync(new TableEntity("swept-other", "foreign") { ["SiloAddress"] = ruin.Dead.ToParsableString() });

        Assert.Equal(ruin.Left.Count, await Sweeper("swept", ruin.Survivor, server.Tables, TimeProvider.System).SweepAsync(default));

        var kept = (await server.RowsAsync(TableNames.Directory, "swept")).Select(row => row.RowKey);
        Assert.Equal(
            living.Select(row => row.RowKey).Concat(["coming", "unreadable", "nameless"]).Order(StringComparer.Ordinal), kept);
        Assert.Single(await server.RowsAsync(TableNames.Directory, "swept-other"));
        Assert.Equal(0, await Sweeper("swept", ruin.Survivor, server.Tables, TimeProvider.System).SweepAsync(default));
    }

    [Fact]
    public async Task An_entry_that_is_renewed_while_the_sweeper_looks_at_it_stays()
    {
        await using var ruin = await RuinAsync("renewed");
        var (line, renewed) = (new TableLine(), 0);
        line.Before = async request =>
        {
            if (request.Method == RequestMethod.Delete && Interlocked.Exchange(ref renewed, 1) == 0)
            {
                foreach (var entry in ruin.Left)
                {
                    await Directory.UpsertEntityAsync(Copy(entry, entry.RowKey, ruin.Survivor.Address.ToParsableString()));
                }
            }
        };
        Assert.Equal(0, await Sweeper("renewed", ruin.Survivor, server.Through(line), TimeProvider.System).SweepAsync(default));
        Assert.Equal(1, renewed);
        var kept = (await EntriesAsync("renewed", ruin.Survivor)).Select(row => row.RowKey);
        Assert.Superset(ruin.Left.Select(row => row.RowKey).ToHashSet(), kept.ToHashSet());
    }

    [Fact]
    public async Task Sweepers_of_several_silos_do_not_get_in_each_others_way()
    {
        await using var ruin = await RuinAsync("together");
        var removed = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Sweeper("together", ruin.Survivor, server.Tables, TimeProvider.System).SweepAsync(default)));
        Assert.Equal(ruin.Left.Count, removed.Sum());
    }

    [Theory]
    [InlineData(Fault.Busy)]
    [InlineData(Fault.NoCredential)]
    [InlineData(Fault.Busy, Fault.Silent)]
    public async Task A_sweeper_that_could_not_reach_the_table_tries_again_at_the_next_round(params Fault[] faults)
    {
        var name = "again" + string.Concat(faults);
        await using var ruin = await RuinAsync(name);
        var (line, time) = (new TableLine(), new ManualTimeProvider());
        using var sweeper = Sweeper(name, ruin.Survivor, server.Through(line), time);
        line.Cut(faults);
        await sweeper.StartAsync(default);
        await Eventually.Holds(
            () =>
            {
                time.Advance(TimeSpan.FromMinutes(11));
                return line.Failed >= 2;
            },
            "the sweeper tried");
        line.Mend();
        await Eventually.Holds(
            async () =>
            {
                time.Advance(TimeSpan.FromMinutes(11));
                Assert.False(sweeper.ExecuteTask!.IsFaulted, $"{sweeper.ExecuteTask.Exception}");
                return (await EntriesAsync(name, ruin.Dead)).Count == 0;
            },
            "the sweeper came round");
        await sweeper.StopAsync(default).InTime("the sweeper stopped");
    }

    private TableClient Directory => server.Tables.GetTableClient(TableNames.Directory);

    /// <summary>Two silos with sessions on both, of which one is gone and has left its entries, as a crash does.</summary>
    private async Task<Ruin> RuinAsync(string cluster)
    {
        var survivor = await TableSilo.StartAsync(server.Tables, cluster);
        var victim = await TableSilo.StartAsync(server.Tables, cluster);
        for (var i = 0; i < 24; i++)
        {
            await survivor.OpenAsync(s_alice);
        }

        var dead = victim.Address;
        var left = (await EntriesAsync(cluster, dead)).Where(row => row.RowKey.Contains("session", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(left);
        await victim.DisposeAsync();
        await Eventually.Holds(() => survivor.Silos.IsDeadSilo(dead), "the survivor knew of the death");
        foreach (var entry in left)
        {
            await Directory.UpsertEntityAsync(Copy(entry, entry.RowKey, dead.ToParsableString()));
        }

        return new Ruin(survivor, dead, await EntriesAsync(cluster, dead));
    }

    private Task<IReadOnlyList<TableEntity>> EntriesAsync(string cluster, TableSilo silo) => EntriesAsync(cluster, silo.Address);

    private async Task<IReadOnlyList<TableEntity>> EntriesAsync(string cluster, SiloAddress silo) =>
        [.. (await server.RowsAsync(TableNames.Directory, cluster)).Where(row => row.GetString("SiloAddress") == silo.ToParsableString())];

    private static TableEntity Copy(TableEntity entry, string row, string? silo)
    {
        var copy = new TableEntity(entry.PartitionKey, row) { ["ActivationId"] = entry["ActivationId"], ["MembershipVersion"] = entry["MembershipVersion"] };
        if (silo is not null)
        {
            copy["SiloAddress"] = silo;
        }

        return copy;
    }

    private static DirectorySweeper Sweeper(string cluster, TableSilo on, TableServiceClient tables, TimeProvider time) => new(
        tables, Options.Create(new ClusterOptions { ClusterId = cluster }), on.Silos, time,
        NullLogger<DirectorySweeper>.Instance);

    private sealed record Ruin(TableSilo Survivor, SiloAddress Dead, IReadOnlyList<TableEntity> Left) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Survivor.DisposeAsync();
    }
}
