using System.Diagnostics;
using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMcp.Auditing;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Storage.AzureTables.Audit;
using OrleansMcp.Storage.AzureTables.Tables;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Storage;

/// <summary>The audit in a real table: complete, in order, filed under whom it concerns, and never in anybody's way.</summary>
public sealed class TableAuditTests(TableServer server) : IClassFixture<TableServer>
{
    private static readonly DateTimeOffset s_at = new(2026, 7, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task An_entry_says_who_did_what_to_whom_and_when()
    {
        await WriteAsync(new AuditEntry(s_at, "cross_session_attempt", "one", "mallory", "eve", "s-1", "one", "alice", "read a stream"));
        var row = Assert.Single(await RowsAsync("one"));
        Assert.Equal(s_at, row.GetDateTimeOffset("At"));
        Assert.Equal(
            ["cross_session_attempt", "one", "mallory", "eve", "s-1", "one", "alice", "read a stream"],
            new[] { "Event", "Tenant", "Client", "Subject", "Session", "OwnerTenant", "OwnerClient", "What" }.Select(row.GetString));
    }

    [Fact]
    public async Task No_tenant_reads_another_tenants_name_and_the_operator_reads_both()
    {
        await WriteAsync(new AuditEntry(s_at, "cross_tenant_attempt", "intruder", "mallory", "evelyn", "s-1", "victim", "alice", "read a stream"));
        var (actor, owner) = (Assert.Single(await RowsAsync("intruder")), Assert.Single(await RowsAsync("victim")));
        Assert.Equal(("mallory", "evelyn"), (actor.GetString("Client"), actor.GetString("Subject")));
        Assert.DoesNotContain(actor, column => column.Value is "victim" or "alice" or "s-1");
        Assert.Equal(("alice", "s-1"), (owner.GetString("OwnerClient"), owner.GetString("Session")));
        Assert.DoesNotContain(owner, column => column.Value is "intruder" or "mallory" or "evelyn");
        var whole = Assert.Single(await RowsAsync(AuditFiling.Operator), row => row.GetString("Tenant") == "intruder");
        Assert.Equal("victim", whole.GetString("OwnerTenant"));
    }

    [Fact]
    public async Task An_entry_is_filed_with_the_tenant_it_concerns_and_one_that_concerns_none_apart()
    {
        await WriteAsync(
            Entry("filed-a", 1), Entry("filed-b", 2), Entry("filed-a", 3),
            new AuditEntry(s_at, "origin_rejected", null, null, null, null, null, null, "unfiled"));
        Assert.Equal(["1", "3"], await WhatAsync("filed-a"));
        Assert.Equal(["2"], await WhatAsync("filed-b"));
        Assert.Contains("unfiled", await WhatAsync(AuditFiling.Operator));
    }

    [Theory]
    [InlineData("with/slash")]
    [InlineData("with#hash")]
    [InlineData("with\\backslash")]
    [InlineData("with?question")]
    [InlineData("with\u0001control")]
    public async Task A_tenant_whose_name_a_table_refuses_as_a_key_is_audited_as_all_others(string tenant)
    {
        await WriteAsync(Entry(tenant, 1), Entry("beside", 2));
        var row = Assert.Single(await server.RowsAsync(TableNames.Audit), row => row.GetString("OwnerTenant") == tenant);
        Assert.Equal("1", row.GetString("What"));
    }

    [Fact]
    public async Task A_burst_is_written_completely_and_in_order()
    {
        const int Writers = 8, Each = 600;
        await using (var audit = New(server.Tables))
        {
            await Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
            {
                for (var i = 0; i < Each; i++)
                {
                    audit.Append(Entry($"burst-{writer % 3}", i, s_at.AddSeconds(i)) with { Client = $"{writer}" });
                }
            })));

            // A process that stops has five seconds for what is left; a busy one needs longer for all this.
            await Eventually.Holds(async () => await CountAsync() == Writers * Each, "the burst was written");
        }

        for (var tenant = 0; tenant < 3; tenant++)
        {
            var check = Assert.Single(await VerifyAsync($"burst-{tenant}"));
            Assert.Empty(check.Findings);
            var rows = await RowsAsync($"burst-{tenant}");
            Assert.Equal(rows.Select(row => row.GetDateTimeOffset("At")).Order(), rows.Select(row => row.GetDateTimeOffset("At")));
            foreach (var writer in rows.GroupBy(row => row.GetString("Client")))
            {
                Assert.Equal(Enumerable.Range(0, Each).Select(i => $"{i}"), writer.Select(row => row.GetString("What")));
            }
        }

        async Task<long> CountAsync()
        {
            var counts = await Task.WhenAll(Enumerable.Range(0, 3).Select(tenant => WrittenAsync($"burst-{tenant}")));
            return counts.Sum();
        }
    }

    [Theory]
    [InlineData(Fault.Busy)]
    [InlineData(Fault.Silent)]
    [InlineData(Fault.NoCredential)]
    [InlineData(Fault.Busy, Fault.Silent)]
    public async Task An_outage_of_the_table_keeps_nobody_waiting_and_loses_nothing(params Fault[] faults)
    {
        var tenant = "outage-" + string.Join('-', faults);
        var line = new TableLine();
        await using var audit = New(server.Through(line));
        audit.Append(Entry(tenant, 0));
        await Eventually.Holds(async () => (await RowsAsync(tenant)).Count == 1, "the first entry was written");

        line.Cut(faults);
        var watch = Stopwatch.StartNew();
        for (var i = 1; i <= 1000; i++)
        {
            audit.Append(Entry(tenant, i, s_at.AddSeconds(i)));
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"Whoever appended waited {watch.Elapsed}.");
        await Eventually.Holds(() => line.Failed >= 3, "it was tried again and again");
        Assert.Single(await RowsAsync(tenant));
        line.Mend();
        await Eventually.Holds(async () => await WrittenAsync(tenant) == 1001, "everything was written after the outage");
        Assert.Equal(Enumerable.Range(0, 1001).Select(i => $"{i}"), await WhatAsync(tenant));
        Assert.Empty(Assert.Single(await VerifyAsync(tenant)).Findings);
    }

    [Fact]
    public async Task An_outage_at_the_start_is_no_different()
    {
        var line = new TableLine();
        line.Cut(Fault.Busy);
        await using var audit = New(server.Through(line));
        audit.Append(Entry("early", 1));
        await Eventually.Holds(() => line.Failed >= 3, "it was tried");
        line.Mend();
        await Eventually.Holds(async () => (await RowsAsync("early")).Count == 1, "the entry was written");
    }

    [Fact]
    public async Task An_entry_that_no_table_takes_does_not_keep_the_others_out()
    {
        await using var audit = New(server.Tables);
        audit.Append(Entry("mixed", 1));
        audit.Append(Entry("mixed", 2) with { What = new string('x', 100_000) }); // a column holds 64 KiB
        audit.Append(Entry("mixed", 3));
        await Eventually.Holds(async () => (await RowsAsync("mixed")).Count == 3, "the others were written, and that one is lacking");
        Assert.Equal(["1", "3", "1 entries could not be kept"], await WhatAsync("mixed"));
        audit.Append(Entry("mixed", 4));
        await Eventually.Holds(async () => (await RowsAsync("mixed")).Count == 4, "later ones were, too");
        Assert.All(await VerifyAsync("mixed"), check => Assert.Empty(check.Findings));
    }

    [Theory]
    [InlineData(Fault.Silent)]
    [InlineData(Fault.NoCredential)]
    public async Task A_process_can_stop_although_the_table_does_not_answer(Fault fault)
    {
        var line = new TableLine();
        line.Cut(fault);
        var audit = New(server.Through(line));
        audit.Append(Entry("stopping", 1));
        await Eventually.Holds(() => line.Failed >= 1, "it was tried");
        await audit.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);
        audit.Append(Entry("stopping", 2));
    }

    [Fact]
    public async Task What_was_appended_before_a_process_stops_is_written()
    {
        var audit = New(server.Tables);
        for (var i = 0; i < 250; i++)
        {
            audit.Append(Entry("leaving", i));
        }

        await audit.DisposeAsync();
        Assert.Equal(250, (await RowsAsync("leaving")).Count);
    }

    [Fact]
    public async Task What_was_too_much_during_an_outage_is_counted_and_takes_nothing_from_other_tenants()
    {
        var line = new TableLine();
        line.Cut(Fault.Busy);
        await using var audit = new TableAudit(server.Through(line), TimeProvider.System, NullLogger<TableAudit>.Instance, mostWaiting: 10);
        for (var i = 0; i < 25; i++)
        {
            audit.Append(Entry("flood", i));
        }

        audit.Append(Entry("beside-flood", 1));
        line.Mend();
        await Eventually.Holds(async () => (await RowsAsync("flood")).Count == 11, "what fitted was written");
        Assert.Contains("15 entries could not be kept", await WhatAsync("flood"));
        await Eventually.Holds(async () => (await RowsAsync("beside-flood")).Count == 1, "the other tenant's was written");
    }

    [Fact]
    public async Task The_receipt_of_an_ended_session_is_in_its_tenants_audit()
    {
        await using var silo = await TableSilo.StartAsync(server.Tables, "receipts");
        var alice = new Caller("acme", "alice", "alice");
        var (key, session) = await silo.OpenAsync(alice);
        await Eventually.Holds(() => TryEndAsync(session, alice), "the session ended");
        await Eventually.Holds(async () => (await RowsAsync("acme")).Count > 0, "the end was audited");
        var row = Assert.Single(await RowsAsync("acme"));
        Assert.Equal(("session_ended", key.Value, "alice"), (row.GetString("Event"), row.GetString("Session"), row.GetString("OwnerClient")));
        Assert.Equal("reason Closed, 0 calls cancelled, 0 secrets cleared, 0 servers closed", row.GetString("What"));
    }

    /// <summary>False when nobody knows whether it ended, as on a busy machine.</summary>
    private static async Task<bool> TryEndAsync(ISession session, Caller owner)
    {
        try
        {
            await session.EndAsync(owner, CancellationToken.None);
            return true;
        }
        catch (SessionUnavailableException)
        {
            return false;
        }
    }

    private async Task WriteAsync(params AuditEntry[] entries)
    {
        await using var audit = New(server.Tables);
        foreach (var entry in entries)
        {
            audit.Append(entry);
        }
    }

    private static TableAudit New(TableServiceClient tables) => new(tables, TimeProvider.System, NullLogger<TableAudit>.Instance);

    private static AuditEntry Entry(string tenant, int number, DateTimeOffset? at = null) =>
        new(at ?? s_at, "session_ended", null, null, null, "s-1", tenant, "alice", $"{number}");

    private async Task<IReadOnlyList<TableEntity>> RowsAsync(string tenant) =>
        [.. (await server.RowsAsync(TableNames.Audit, tenant)).Where(row => !AuditRow.IsHead(row))];

    /// <summary>How many entries there are, as the head says, which is written with them: reading all of them again and again keeps their writer waiting.</summary>
    private async Task<long> WrittenAsync(string tenant)
    {
        var heads = server.Tables.GetTableClient(TableNames.Audit).QueryAsync<TableEntity>(
            TableClient.CreateQueryFilter($"PartitionKey eq {tenant} and RowKey ge {"head-"} and RowKey lt {"head."}"));
        return await heads.Select(head => head.GetInt64("Sequence") ?? 0).SumAsync();
    }

    private async Task<IReadOnlyCollection<AuditChainCheck>> VerifyAsync(string tenant) =>
        [.. (await new TableAuditReader(server.Tables).VerifyAsync(tenant, Array.Empty<AuditHead>().ToLookup(_ => ""), default)).Chains.Values];

    private async Task<IEnumerable<string>> WhatAsync(string tenant) => (await RowsAsync(tenant)).Select(row => row.GetString("What"));
}
