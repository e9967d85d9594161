using Microsoft.Extensions.Time.Testing;
using OrleansMcp.ToolLogs;

namespace OrleansMcp.Tests.ToolLogs;

public sealed class TenantToolLogTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TenantToolLog _log;

    public TenantToolLogTests() => _log = new TenantToolLog(_time);

    [Fact]
    public void The_oldest_give_way_and_no_client_washes_out_the_traces_of_another()
    {
        Append("bob", 10);
        Append("alice", TenantToolLog.MaxEntries + 500);
        Append("alice", 1, "last");
        Assert.Equal(10, Read(new ToolLogFilter { Limit = 1000, Tool = "of-bob" }).Count);
        Assert.Single(Read(new ToolLogFilter { Tool = "last" }));
        Assert.Equal(1000, Read(new ToolLogFilter { Limit = int.MaxValue, Tool = "of-alice" }).Count);
    }

    [Fact]
    public void It_holds_so_many_and_no_more()
    {
        Append("alice", 1, "first");
        Append("alice", TenantToolLog.MaxEntries - 1);
        Assert.Single(Read(new ToolLogFilter { Tool = "first" }));
        Append("alice", 1);
        Assert.Empty(Read(new ToolLogFilter { Tool = "first" }));
    }

    [Fact]
    public void The_newest_come_first_also_of_one_moment()
    {
        Append("alice", 1, "first");
        Append("alice", 1, "second");
        _time.Advance(TimeSpan.FromSeconds(1));
        Append("bob", 1, "third");
        Assert.Equal(["third", "second", "first"], Read(new ToolLogFilter()).Select(entry => entry.Tool));
    }

    [Fact]
    public void An_entry_lives_for_a_day()
    {
        Append("alice", 1);
        _time.Advance(TenantToolLog.Life - TimeSpan.FromSeconds(1));
        Append("bob", 1);
        Assert.Equal(2, Read(new ToolLogFilter()).Count);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["bob"], Read(new ToolLogFilter()).Select(entry => entry.Client));
    }

    [Fact]
    public void A_hash_is_of_one_tenant_client_and_tool()
    {
        var other = new TenantToolLog(_time);
        string[] hashes = [.. new[] { Entry("alice", "a"), Entry("alice", "a"), Entry("bob", "a"), Entry("alice", "b") }.Select(entry => Hash(_log, entry))];
        Assert.Equal(hashes[0], hashes[1]);
        Assert.Equal(4, new HashSet<string>([hashes[0], hashes[2], hashes[3], Hash(other, Entry("alice", "a"))], StringComparer.Ordinal).Count);
        Assert.DoesNotContain("digest", hashes);
    }

    [Theory]
    [InlineData("toollog:*", 1)]
    [InlineData("toollog:of-*", 1)]
    [InlineData("toollog:of-alice", 1)]
    [InlineData("toollog:of-bob", 0)]
    [InlineData("tool:*", 0)]
    [InlineData("toollog:", 0)]
    [InlineData("nonsense", 0)]
    public void Nothing_is_seen_without_a_permission_for_its_tool(string permission, int seen)
    {
        Append("alice", 1);
        Assert.Equal(seen, _log.Read(new ToolLogQuery("acme", "reader", [permission], new ToolLogFilter())).Count);
    }

    private string Hash(TenantToolLog log, ToolLogEntry entry)
    {
        log.Append([entry]);
        return log.Read(ToolLogQuery.ByOperator("olga", "acme", new ToolLogFilter { Limit = 1000, Tool = entry.Tool }))
            .First(one => one.Client == entry.Client).Arguments;
    }

    private void Append(string client, int count, string? tool = null) =>
        _log.Append([.. Enumerable.Repeat(Entry(client, tool ?? $"of-{client}"), count)]);

    private IReadOnlyList<ToolLogEntry> Read(ToolLogFilter filter) => _log.Read(ToolLogQuery.ByOperator("olga", "acme", filter));

    private ToolLogEntry Entry(string client, string tool) =>
        new(_time.GetUtcNow(), client, "session", tool, "ok", 1, 1, TimeSpan.Zero, "digest");
}
