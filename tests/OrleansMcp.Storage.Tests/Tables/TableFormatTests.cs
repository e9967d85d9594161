using Azure.Data.Tables;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orleans.Hosting;
using Orleans.Runtime;
using OrleansMcp.Grains.Hosting;
using OrleansMcp.Storage.AzureTables;
using OrleansMcp.Storage.AzureTables.Formats;
using OrleansMcp.Storage.AzureTables.Tables;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Storage.Tests.Tables;

/// <summary>A process starts on tables of its own version only.</summary>
public sealed class TableFormatTests(EmptyTables tables) : IClassFixture<EmptyTables>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await tables.EmptyAsync();

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Empty_tables_are_given_the_format_and_pass_from_then_on()
    {
        await CheckAsync();
        Assert.Equal(3, Assert.Single(await tables.RowsAsync(TableNames.Store)).GetInt64("Version"));
        await tables.AddAsync(TableNames.Sessions, new TableEntity("service_session_acme.s-1", "session"));
        await CheckAsync();
    }

    [Fact]
    public async Task Processes_that_start_at_once_on_empty_tables_all_pass()
    {
        for (var round = 0; round < 5; round++)
        {
            await tables.EmptyAsync();
            await Task.WhenAll(Enumerable.Range(0, 8).Select(async number =>
            {
                await CheckAsync();
                await tables.AddAsync(TableNames.Membership, new TableEntity("cluster", $"{number}")); // as a silo does that joins at once
            }));
            Assert.Single(await tables.RowsAsync(TableNames.Store));
        }
    }

    [Fact]
    public async Task Rows_of_a_process_that_was_faster_are_not_taken_for_those_of_version_0_1()
    {
        var line = new CutLine();
        line.Before = async request =>
        {
            if (request.Uri.Path.Contains(TableNames.Membership, StringComparison.Ordinal))
            {
                line.Before = null;
                await CheckAsync();
                await tables.AddAsync(TableNames.Membership, new TableEntity("cluster", "another"));
            }
        };
        await NewCheck(line, TimeProvider.System).StartingAsync(default);
        Assert.Null(line.Before);
    }

    [Theory]
    [InlineData(TableNames.Membership)]
    [InlineData(TableNames.Sessions)]
    [InlineData(TableNames.Registry)]
    [InlineData(TableNames.Records)]
    public async Task Rows_without_a_format_are_of_version_0_1_and_are_left_alone(string table)
    {
        await tables.AddAsync(table, new TableEntity("a", "b"));
        var refused = await Assert.ThrowsAsync<TableFormatException>(CheckAsync);
        Assert.Contains("version 0.1", refused.Message, StringComparison.Ordinal);
        Assert.Contains(TableNames.Sessions, refused.Message, StringComparison.Ordinal);
        Assert.Equal([table], await tables.Service.QueryAsync().Select(found => found.Name).ToListAsync());
        await Assert.ThrowsAsync<TableFormatException>(CheckAsync);
    }

    [Fact]
    public async Task The_audit_of_a_former_version_goes_on()
    {
        await tables.AddAsync(TableNames.Audit, new TableEntity("acme", "1"));
        await CheckAsync();
        Assert.Single(await tables.RowsAsync(TableNames.Audit));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public async Task Another_format_is_refused_by_both_names(long other)
    {
        await tables.AddAsync(TableNames.Store, new TableEntity("format", "format") { ["Version"] = other });
        var refused = await Assert.ThrowsAsync<TableFormatException>(CheckAsync);
        Assert.Contains($"have format {other}; this version reads and writes format 3 only", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_silo_is_refused_before_it_starts()
    {
        await tables.AddAsync(TableNames.Sessions, new TableEntity("service_session_s-1", "session"));
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Services.AddMetrics();
        builder.UseOrleans(silo => silo
            .UseLocalhostClustering(FreePort.Next(), FreePort.Next())
            .AddTableStore(tables.Service, SessionClusterExtensions.CreateStorageSerializer()));
        using var host = builder.Build();
        await Assert.ThrowsAsync<TableFormatException>(() => host.StartAsync().InTime("a silo was refused"));
        Assert.Equal(SiloStatus.Created, host.Services.GetRequiredService<ISiloStatusOracle>().CurrentStatus);
    }

    [Fact]
    public async Task A_front_end_is_refused_too_and_one_that_is_a_silo_as_well_asks_once()
    {
        var services = new ServiceCollection().AddLogging().AddTableFormatCheck(tables.Service).AddTableFormatCheck(tables.Service).BuildServiceProvider();
        var check = Assert.IsAssignableFrom<IHostedLifecycleService>(Assert.Single(services.GetServices<IHostedService>()));
        await tables.AddAsync(TableNames.Registry, new TableEntity("acme", "s-1"));
        await Assert.ThrowsAsync<TableFormatException>(() => check.StartingAsync(default));
    }

    [Fact]
    public async Task Tables_that_do_not_answer_are_waited_for()
    {
        var (line, time) = (new CutLine { IsCut = true }, new FakeTimeProvider());
        var starting = NewCheck(line, time).StartingAsync(default);
        await AdvanceAsync(time, starting, until: () => line.Failed >= 5);
        Assert.False(starting.IsCompleted);
        line.IsCut = false;
        await AdvanceAsync(time, starting, until: () => false);
        await starting;
    }

    [Fact]
    public async Task Tables_that_never_answer_are_given_up()
    {
        var (line, time) = (new CutLine { IsCut = true }, new FakeTimeProvider());
        var starting = NewCheck(line, time).StartingAsync(default);
        await AdvanceAsync(time, starting, until: () => false);
        var given = await Assert.ThrowsAsync<IOException>(() => starting);
        Assert.Contains("cannot be reached: The line is dead.", given.Message, StringComparison.Ordinal);
        Assert.InRange(line.Failed, 20, 70);
    }

    private static Task AdvanceAsync(FakeTimeProvider time, Task task, Func<bool> until) => Eventually.Holds(
        () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return task.IsCompleted || until();
        },
        "time passed");

    private Task CheckAsync() => new TableFormatCheck(tables.Service, TimeProvider.System, NullLogger<TableFormatCheck>.Instance).StartingAsync(default);

    private TableFormatCheck NewCheck(CutLine line, TimeProvider time) => new(tables.Through(line), time, NullLogger<TableFormatCheck>.Instance);
}
