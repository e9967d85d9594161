using System.Globalization;
using OrleansMcp.Embedded.Audit;
using OrleansMcp.Signals;
using OrleansMcp.Signals.Chains;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Audit;

/// <summary>Chains in files: over days, restarts, crashes and full disks, and each tenant's by itself.</summary>
public sealed class FileAuditTests
{
    [Fact]
    public async Task A_chain_goes_on_over_restarts_and_days()
    {
        using var house = new AuditHouse();
        await house.LiveAsync(AuditHouse.Entries("acme", 3));
        await house.LiveAsync(AuditHouse.Entries("acme", 2, 4));
        await house.LiveAsync(AuditHouse.Entry("acme", 6), AuditHouse.Entry("acme", 7, AuditHouse.Noon.AddDays(1)));
        await house.LiveAsync(AuditHouse.Entry("acme", 8, AuditHouse.Noon.AddDays(3)));
        var check = house.Verify("acme");
        Assert.Empty(check.Findings);
        Assert.Equal((8, 8L), (check.Entries, check.Head.Sequence));
        Assert.Equal((AuditHouse.Noon, AuditHouse.Noon.AddDays(3)), (check.First, check.Last));
        Assert.Single(house.Lines("acme", "2026-07-29"));
        Assert.Single(house.Lines("acme", "2026-07-31"));
    }

    [Fact]
    public async Task A_clock_that_was_put_back_leaves_the_entries_in_their_order()
    {
        using var house = new AuditHouse();
        await house.LiveAsync(AuditHouse.Entry("acme", 1, AuditHouse.Noon.AddDays(1)), AuditHouse.Entry("acme", 2));
        await house.LiveAsync(AuditHouse.Entry("acme", 3, AuditHouse.Noon.AddDays(-1)));
        Assert.Empty(house.Verify("acme").Findings);
        Assert.Equal(3, house.Lines("acme", "2026-07-29").Count);
    }

    [Theory]
    [InlineData("""{"chain":"acme","sequence":4,"prev""")]
    [InlineData("x")]
    public async Task A_line_that_a_crash_cut_off_is_no_finding_and_is_removed_at_the_start(string torn)
    {
        using var house = new AuditHouse();
        await house.LiveAsync(AuditHouse.Entries("acme", 3));
        await File.AppendAllTextAsync(house.Day("acme"), torn);
        Assert.Empty(house.Verify("acme").Findings);

        await house.LiveAsync();
        Assert.Equal(3, house.Lines("acme").Count);
        Assert.Contains("half-written", house.Log.Text, StringComparison.Ordinal);
        await house.LiveAsync(AuditHouse.Entry("acme", 4));
        Assert.Empty(house.Verify("acme").Findings);
        Assert.Equal(4, house.Lines("acme").Count);
    }

    [Fact]
    public async Task A_line_longer_than_any_buffer_can_be_the_last()
    {
        using var house = new AuditHouse();
        var letters = new string('x', 200_000);
        await house.LiveAsync(AuditHouse.Entry("acme", 1), AuditHouse.Entry("acme", 2) with { What = letters + "\n\"\ud800" });
        await house.LiveAsync(AuditHouse.Entry("acme", 3));
        Assert.Empty(house.Verify("acme").Findings);
        Assert.Equal(3, house.Verify("acme").Entries);
    }

    [Fact]
    public async Task A_crash_between_entries_and_head_is_no_finding()
    {
        using var house = new AuditHouse();
        await house.LiveAsync(AuditHouse.Entries("acme", 3));
        var head = await File.ReadAllTextAsync(house.HeadOf("acme"));
        await house.LiveAsync(AuditHouse.Entries("acme", 3, 4));
        await File.WriteAllTextAsync(house.HeadOf("acme"), head);
        Assert.Empty(house.Verify("acme").Findings);
        await house.LiveAsync(AuditHouse.Entry("acme", 7));
        Assert.Empty(house.Verify("acme").Findings);
        Assert.Equal(7, house.Verify("acme").Entries);
    }

    [Fact]
    public async Task Entries_of_many_threads_are_all_there_and_in_one_chain_each()
    {
        const int Writers = 8, Each = 500;
        using var house = new AuditHouse();
        await house.LiveAsync(audit => Task.WhenAll(Enumerable.Range(0, Writers).Select(writer => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                audit.Append(AuditHouse.Entry($"t{writer % 2}", i));
            }
        }))));
        foreach (var chain in new[] { "t0", "t1" })
        {
            Assert.Empty(house.Verify(chain).Findings);
            Assert.Equal(Writers * Each / 2, house.Verify(chain).Entries);
        }
    }

    [Fact]
    public async Task Nothing_is_found_while_the_server_writes()
    {
        using var house = new AuditHouse();
        await house.LiveAsync(async audit =>
        {
            using var stop = new CancellationTokenSource();
            var writing = Task.Run(async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                {
                    audit.Append(AuditHouse.Entry("acme", i));
                    await Task.Yield();
                }
            });
            await Eventually.Holds(() => Directory.Exists(Path.Combine(house.Audit, "acme")), "the chain was begun");
            for (var i = 0; i < 50; i++)
            {
                Assert.Empty(house.Verify("acme").Findings);
            }

            await stop.CancelAsync();
            await writing;
        });
    }

    [Theory]
    [InlineData(FaultyDisk.Step.Write)]
    [InlineData(FaultyDisk.Step.Rename)]
    [InlineData(FaultyDisk.Step.FlushFolder)]
    internal async Task What_a_full_disk_did_not_take_is_written_when_it_takes_it(FaultyDisk.Step step)
    {
        var disk = new FaultyDisk();
        using var house = new AuditHouse { Disk = disk };
        await house.LiveAsync(async audit =>
        {
            audit.Append(AuditHouse.Entry("acme", 1));
            await Eventually.Holds(() => File.Exists(house.Day("acme")) && house.Lines("acme").Count == 1, "the first was written");
            disk.Fails = step;
            foreach (var entry in AuditHouse.Entries("acme", 9, 2).Append(AuditHouse.Entry("acme", 11, AuditHouse.Noon.AddDays(1))))
            {
                audit.Append(entry);
            }

            await Eventually.Holds(() => house.Log.Text.Contains("tried again", StringComparison.Ordinal), "it failed");
            disk.Fails = null;
            await AdvanceUntilAsync(house, () => File.Exists(house.Day("acme", "2026-07-29")));
        });
        var check = house.Verify("acme");
        Assert.Empty(check.Findings);
        Assert.Equal(Enumerable.Range(1, 11).Select(i => $"number {i}"), Whats(house.Lines("acme").Concat(house.Lines("acme", "2026-07-29"))));
    }

    [Fact]
    public async Task What_is_too_much_for_a_full_disk_is_counted_in_the_chain_and_takes_nothing_from_other_tenants()
    {
        var disk = new FaultyDisk { Fails = FaultyDisk.Step.Write };
        using var house = new AuditHouse { Disk = disk, MostWaiting = 10 };
        await house.LiveAsync(async audit =>
        {
            foreach (var entry in AuditHouse.Entries("acme", 25).Concat(AuditHouse.Entries("globex", 3)))
            {
                audit.Append(entry);
            }

            Assert.Contains("dropped", house.Log.Text, StringComparison.Ordinal);
            await Eventually.Holds(() => house.Log.Text.Contains("tried again", StringComparison.Ordinal), "it failed");
            disk.Fails = null;
            await AdvanceUntilAsync(house, () => File.Exists(house.Day("globex")));
        });
        Assert.Empty(house.Verify("acme").Findings);
        var last = Directory.GetFiles(Path.Combine(house.Audit, "acme"), "*.jsonl").Order(StringComparer.Ordinal).SelectMany(File.ReadAllLines).ToList();
        Assert.Equal(11, last.Count);
        Assert.Contains(last, line => line.Contains("\"audit_dropped\"", StringComparison.Ordinal) && line.Contains("15 entries", StringComparison.Ordinal));
        Assert.Equal(3, house.Lines("globex").Count);
    }

    [Fact]
    public async Task A_stop_on_a_full_disk_is_told_and_does_not_hang()
    {
        using var house = new AuditHouse { Disk = new FaultyDisk { Fails = FaultyDisk.Step.Write } };
        await house.LiveAsync(AuditHouse.Entries("acme", 5)).InTime("the audit stopped");
        Assert.Contains("5 audit entries were not written", house.Log.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_tenant_finds_another_tenants_name_in_its_chain_and_the_operator_finds_both()
    {
        using var house = new AuditHouse();
        await house.LiveAsync(
            new AuditEntry(AuditHouse.Noon, "cross_tenant_attempt", "globex", "carol", "evelyn", "s-1", "acme", "alice", "POST"),
            new AuditEntry(AuditHouse.Noon, "cross_session_attempt", "acme", "bob", "bob", "s-1", "acme", "alice", "GET"),
            new AuditEntry(AuditHouse.Noon, "origin_rejected", null, null, null, null, null, null, "Origin"));
        string attacker = await File.ReadAllTextAsync(house.Day("globex")), victim = await File.ReadAllTextAsync(house.Day("acme"));
        Assert.Contains("carol", attacker, StringComparison.Ordinal);
        Assert.All(new[] { "acme", "alice", "s-1", "bob" }, name => Assert.DoesNotContain(name, attacker, StringComparison.Ordinal));
        Assert.Equal(2, house.Lines("acme").Count);
        Assert.All(new[] { "globex", "carol", "evelyn" }, name => Assert.DoesNotContain(name, victim, StringComparison.Ordinal));
        Assert.Contains("cross_tenant_attempt", victim, StringComparison.Ordinal);
        Assert.Equal(2, house.Lines(AuditFiling.Operator).Count);
        Assert.Contains("\"ownerTenant\":\"acme\"", house.Lines(AuditFiling.Operator)[0], StringComparison.Ordinal);
        Assert.All(AuditVerification.Find(house.Data)!.Chains, chain => Assert.Empty(house.Verify(chain).Findings));
    }

    [Theory]
    [InlineData("../escape")]
    [InlineData("ACME")]
    [InlineData("")]
    public async Task A_name_that_no_tenant_can_have_is_no_folder(string tenant)
    {
        using var house = new AuditHouse();
        await house.LiveAsync(AuditHouse.Entry(tenant, 1));
        Assert.Equal([AuditFiling.Operator], AuditVerification.Find(house.Data)!.Chains);
        Assert.Empty(house.Verify(AuditFiling.Operator).Findings);
    }

    private static async Task AdvanceUntilAsync(AuditHouse house, Func<bool> condition) => await Eventually.Holds(
        () =>
        {
            house.Time.Advance(TimeSpan.FromSeconds(1));
            return condition();
        },
        "it was written after the fault");

    private static IEnumerable<string> Whats(IEnumerable<string> lines) => lines.Select(line =>
        System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("what").GetString()!);
}
