using System.Text.Json;
using OrleansMcp.Auditing;
using OrleansMcp.Signals;

namespace OrleansMcp.Storage.Tests.Contracts;

/// <summary>What every store does with the audit: complete, in order, filed under whom it concerns, and what is done to it shows.</summary>
public abstract class AuditContract(StoreUnderTest store)
{
    private static readonly DateTimeOffset s_at = new(2026, 7, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly string _tenant = $"t{Guid.NewGuid():n}";

    [Fact]
    public async Task Entries_are_exported_in_order_as_JSON_with_all_that_they_say()
    {
        await WriteAsync(new AuditEntry(s_at, "cross_session_attempt", _tenant, "mallory", "eve", "s-1", _tenant, "alice", "read a stream"), Entry(2), Entry(3));
        var lines = await ExportAsync(_tenant);
        Assert.Equal(3, lines.Count);
        using var first = JsonDocument.Parse(lines[0]);
        Assert.Equal(
            ["cross_session_attempt", _tenant, "mallory", "eve", "s-1", _tenant, "alice", "read a stream"],
            new[] { "event", "tenant", "client", "subject", "session", "ownerTenant", "ownerClient", "what" }.Select(name => first.RootElement.GetProperty(name).GetString()));
        Assert.All(lines, line => Assert.True(AuditLine.TryRead(line, out var read) && read.IsIntact));
        Assert.Equal(["2", "3"], lines.Skip(1).Select(What));
    }

    [Fact]
    public async Task An_attempt_across_tenants_is_filed_with_each_without_the_others_name()
    {
        var (intruder, victim) = (_tenant, _tenant + "-victim");
        await WriteAsync(new AuditEntry(s_at, "cross_tenant_attempt", intruder, "mallory", "evelyn", "s-1", victim, "alice", "read"));
        var (one, other) = (Assert.Single(await ExportAsync(intruder)), Assert.Single(await ExportAsync(victim)));
        Assert.DoesNotContain("alice", Text(one), StringComparison.Ordinal);
        Assert.DoesNotContain("mallory", Text(other), StringComparison.Ordinal);
        Assert.Contains(await ExportAsync(AuditFiling.Operator), line => Text(line).Contains(victim, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_audit_that_nobody_touched_is_found_whole_over_several_processes()
    {
        await WriteAsync(Entry(1), Entry(2));
        await WriteAsync(Entry(3));
        Assert.Contains(_tenant, await store.AuditReader.TenantsAsync(default));
        var checks = (await VerifyAsync()).Chains;
        Assert.All(checks.Values, check => Assert.Empty(check.Findings));
        Assert.Equal(3, checks.Values.Sum(check => check.Entries));
        Assert.Equal(["1", "2", "3"], (await ExportAsync(_tenant)).Select(What));
    }

    [Fact]
    public async Task An_entry_that_was_cut_off_the_end_is_missed_by_the_head()
    {
        await WriteAsync(Entry(1), Entry(2), Entry(3));
        await store.CutAuditAsync(_tenant);
        Assert.Contains((await VerifyAsync()).Chains.Values.SelectMany(check => check.Findings),
            finding => finding.Problem.Contains("the end was cut off: the stored head is entry 3", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_head_that_was_noted_earlier_must_be_there()
    {
        await WriteAsync(Entry(1));
        var (writer, check) = Assert.Single((await VerifyAsync()).Chains);
        await WriteAsync(Entry(2));
        Assert.Empty((await VerifyAsync((writer, check.Head))).Chains[writer].Findings);
        var forged = check.Head with { Hash = new string('a', AuditHead.HashLength) };
        Assert.Contains("written anew", Assert.Single((await VerifyAsync((writer, forged))).Chains[writer].Findings).Problem, StringComparison.Ordinal);
    }

    private static string Text(byte[] line) => System.Text.Encoding.UTF8.GetString(line);

    private static string? What(byte[] line)
    {
        using var json = JsonDocument.Parse(line);
        return json.RootElement.GetProperty("what").GetString();
    }

    private AuditEntry Entry(int number) => new(s_at.AddSeconds(number), "session_ended", _tenant, "alice", null, null, null, null, $"{number}");

    private Task<TenantAudit> VerifyAsync(params (string Writer, AuditHead Head)[] expected) =>
        store.AuditReader.VerifyAsync(_tenant, expected.ToLookup(one => one.Writer, one => one.Head), default);

    private async Task<List<byte[]>> ExportAsync(string tenant)
    {
        var lines = new List<byte[]>();
        await foreach (var line in store.AuditReader.ExportAsync(tenant, default))
        {
            lines.Add(line.ToArray());
        }

        return lines;
    }

    private async Task WriteAsync(params AuditEntry[] entries)
    {
        var sink = store.OpenAudit();
        foreach (var entry in entries)
        {
            sink.Append(entry);
        }

        await ((IAsyncDisposable)sink).DisposeAsync();
    }
}
