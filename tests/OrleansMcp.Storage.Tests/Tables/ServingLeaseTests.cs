using Azure;
using Azure.Data.Tables;
using OrleansMcp.Storage.AzureTables.Leases;
using OrleansMcp.Storage.AzureTables.Tables;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Storage.Tests.Tables;

/// <summary>Of the processes that each want to serve alone, one does.</summary>
public sealed class ServingLeaseTests(EmptyTables tables) : IClassFixture<EmptyTables>, IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await tables.EmptyAsync();

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task The_first_gets_it_at_once_and_so_does_the_next_after_its_release()
    {
        for (var round = 0; round < 3; round++)
        {
            var process = NewProcess();
            await process.StartAsync().InTime("the lease was acquired");
            Assert.Null(await process.ProblemAsync());
            Assert.Single(await RowsAsync());
            await process.StopAsync();
            Assert.Empty(await RowsAsync());
        }
    }

    [Fact]
    public async Task A_second_is_refused_while_the_first_renews()
    {
        var (first, second) = (await StartedAsync(), NewProcess());
        var starting = second.StartAsync();
        await second.PassAsync(8);
        Assert.False(starting.IsCompleted); // It has not seen yet whether anybody is there.
        await RenewedAsync(first);
        await second.PassAsync(30, until: () => starting.IsCompleted);
        var refused = await Assert.ThrowsAsync<ServingLeaseHeldException>(() => starting.InTime("the second was refused"));
        Assert.Contains("Another process serves 'service'", refused.Message, StringComparison.Ordinal);
        await second.StopAsync();
        await RenewedAsync(first); // What the refused one does at its end leaves the first alone.
        Assert.False(first.IsStopping);
        await first.StopAsync();
    }

    [Fact]
    public async Task A_second_takes_over_from_one_that_was_killed_after_15_s_of_its_own_clock()
    {
        var (killed, second) = (await StartedAsync(), NewProcess());
        var starting = second.StartAsync();
        await second.PassAsync(14);
        Assert.False(starting.IsCompleted);
        await second.PassAsync(30, until: () => starting.IsCompleted);
        await starting;
        await RenewedAsync(second);

        // It was only frozen, and finds out when it renews: the row is not the one it wrote.
        await killed.PassAsync(3.5, until: () => killed.IsStopping);
        await Eventually.Holds(() => killed.IsStopping, "it was told to stop");
        Assert.Equal("is lost", await killed.ProblemAsync());
        await killed.StopAsync();
        await RenewedAsync(second);
        Assert.False(second.IsStopping);
        await second.StopAsync();
    }

    [Fact]
    public async Task Of_many_that_start_at_once_one_serves()
    {
        for (var round = 0; round < 5; round++)
        {
            await tables.EmptyAsync();
            var processes = Enumerable.Range(0, 6).Select(_ => NewProcess()).ToArray();
            var starts = processes.Select(process => process.StartAsync()).ToArray();
            await Eventually.Holds(
                async () =>
                {
                    await Task.WhenAll(processes.Select(process => process.PassAsync(1)));
                    return starts.All(start => start.IsCompleted);
                },
                "each was told");
            var served = Assert.Single(processes.Zip(starts), pair => pair.Second.IsCompletedSuccessfully).First;
            Assert.All(starts.Where(start => start.IsFaulted), start => Assert.IsType<ServingLeaseHeldException>(start.Exception!.InnerException));
            Assert.False(served.IsStopping);
            await Task.WhenAll(processes.Select(process => process.StopAsync()));
            Assert.Empty(await RowsAsync());
        }
    }

    [Fact]
    public async Task A_lease_that_another_process_holds_stops_this_one()
    {
        var process = await StartedAsync();
        var row = Assert.Single(await RowsAsync());
        row["Holder"] = "another";
        await tables.Service.GetTableClient(TableNames.Store).UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace);
        await process.PassAsync(3.5);
        await Eventually.Holds(() => process.IsStopping, "it was told to stop");
        Assert.Equal("is lost", await process.ProblemAsync());
        await process.StopAsync();
        Assert.Equal("another", Assert.Single(await RowsAsync()).GetString("Holder"));
    }

    [Fact]
    public async Task A_lease_that_was_removed_stops_its_holder()
    {
        var process = await StartedAsync();
        await tables.EmptyAsync();
        await process.PassAsync(3.5);
        await Eventually.Holds(() => process.IsStopping, "it was told to stop");
    }

    [Fact]
    public async Task A_lease_that_cannot_be_renewed_for_10_s_stops_its_holder_and_no_sooner()
    {
        var process = await StartedAsync();
        process.Line.IsCut = true;
        await process.PassAsync(9);
        Assert.False(process.IsStopping);
        Assert.True(process.Line.Failed > 1, "It was not tried again.");
        Assert.Null(await process.ProblemAsync());
        await process.PassAsync(1.5);
        await Eventually.Holds(() => process.IsStopping, "it was told to stop");
        Assert.Equal("is lost", await process.ProblemAsync());
        process.Line.IsCut = false;
        await process.StopAsync();
        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public async Task A_table_that_does_not_answer_for_a_moment_costs_nothing()
    {
        var process = await StartedAsync();
        for (var round = 0; round < 3; round++)
        {
            process.Line.IsCut = true;
            await process.PassAsync(7);
            process.Line.IsCut = false;
            await RenewedAsync(process);
        }

        Assert.False(process.IsStopping);
        await process.StopAsync();
    }

    [Fact]
    public async Task A_renewal_whose_answer_was_lost_is_recognised_as_its_own()
    {
        var process = await StartedAsync();
        process.Line.LosesAnswers = true;
        await process.PassAsync(5);
        Assert.True(process.Line.Failed > 0);
        process.Line.LosesAnswers = false;
        await RenewedAsync(process);
        Assert.False(process.IsStopping);
        await process.StopAsync();
        Assert.Empty(await RowsAsync());
    }

    [Fact]
    public async Task An_acquisition_whose_answer_was_lost_is_recognised_as_its_own()
    {
        await tables.Service.CreateTableIfNotExistsAsync(TableNames.Store);
        var process = NewProcess();
        process.Line.LosesAnswersOfInserts = true;
        var starting = process.StartAsync();
        await Eventually.Holds(() => process.Line.Failed > 0, "an answer was lost");
        process.Line.LosesAnswersOfInserts = false;
        await process.PassAsync(5, until: () => starting.IsCompleted);
        await starting.InTime("it was acquired");
        await RenewedAsync(process);
        await process.StopAsync();
    }

    [Fact]
    public async Task Services_of_other_names_do_not_meet()
    {
        var (one, other) = (NewProcess("one"), NewProcess("o/ther"));
        await one.StartAsync().InTime("one was acquired");
        await other.StartAsync().InTime("the other was acquired");
        await one.StopAsync();
        Assert.Single(await RowsAsync());
        await other.StopAsync();
    }

    private LeasingProcess NewProcess(string service = "service") => new(tables, service);

    private async Task<LeasingProcess> StartedAsync()
    {
        var process = NewProcess();
        await process.StartAsync().InTime("the lease was acquired");
        return process;
    }

    private async Task RenewedAsync(LeasingProcess process)
    {
        var former = Assert.Single(await RowsAsync()).ETag;
        await Eventually.Holds(
            async () =>
            {
                await process.PassAsync(0.5);
                return (await RowsAsync()) is [var row] && row.ETag != former;
            },
            "the lease was renewed");
    }

    private Task<List<TableEntity>> RowsAsync() => tables.RowsAsync(TableNames.Store);
}
