using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Signals;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Tests.Upstreams.Pins;

/// <summary>What operators decide about tools of other servers.</summary>
public sealed class PinDecisionTests
{
    private readonly PinBench _bench = new();

    [Fact]
    public async Task An_approved_change_counts_and_to_change_back_is_another_change()
    {
        await _bench.ListAsync("search", "Finds.");
        await _bench.ListAsync("search", "Finds more.");
        Assert.Equal(["github__search"], (await _bench.ApproveAsync(("search", "Finds more."))).Done);
        Assert.Equal(ToolVerdict.Approved, await _bench.ListAsync("search", "Finds more."));
        Assert.Equal(ToolVerdict.Changed, await _bench.ListAsync("search", "Finds."));
        await _bench.ApproveAsync(("search", "Finds."));
        Assert.Equal(ToolVerdict.Changed, await _bench.ListAsync("search", "Finds more."));
        Assert.Equal(3, _bench.Changes.Count());
        var told = _bench.Signals.Raised.Where(static signal => signal.Name == SignalName.OperatorAction).Select(static signal => signal.What);
        Assert.Equal([.. new[] { "Finds more.", "Finds." }.Select(static text => $"operator olga approved the definition {PinBench.DigestOf("search", text)} of tool github__search for tenant acme")], told);
    }

    [Fact]
    public async Task Either_all_that_is_asked_is_approved_or_nothing()
    {
        _bench.Configure(UpstreamApproval.Operator);
        await _bench.ListAsync(PinBench.Alice, PinBench.Tool("one"), PinBench.Tool("two"));
        var outcome = await _bench.ApproveAsync(("one", "Does it."), ("two", "Does something else."), ("three", "Does it."));
        Assert.Empty(outcome.Done);
        Assert.Equal(["github__three", "github__two"], outcome.Refused.Order(StringComparer.Ordinal));
        Assert.Equal(["github__one"], (await _bench.ApproveAsync(("one", "Does it."), ("one", "Does it."), ("two", "Does it."))).Refused);
        Assert.All(await _bench.ReadAsync(), static pin => Assert.Null(pin.Approval));
        Assert.DoesNotContain(_bench.Signals.Raised, static signal => signal.Name == SignalName.OperatorAction);
    }

    [Fact]
    public async Task To_approve_again_changes_nothing()
    {
        _bench.Configure(UpstreamApproval.Operator);
        await _bench.ListAsync("one", "Does it.");
        await _bench.ApproveAsync(("one", "Does it."));
        var writes = _bench.Records.Writes;
        var again = await _bench.ApproveAsync(("one", "Does it."));
        Assert.Equal((0, 0, writes), (again.Done.Count, again.Refused.Count, _bench.Records.Writes));
    }

    [Fact]
    public async Task As_many_as_a_server_may_have_are_approved_at_once()
    {
        _bench.Configure(UpstreamApproval.Operator);
        var tools = Enumerable.Range(0, 1000).Select(static at => PinBench.Tool($"tool{at}", new string('x', 6_000))).ToArray();
        Assert.All(await _bench.ListAsync(PinBench.Alice, tools), static verdict => Assert.Equal(ToolVerdict.Unapproved, verdict));
        Assert.Equal(1000, (await _bench.ApproveAsync([.. Enumerable.Range(0, 1000).Select(static at => ($"tool{at}", new string('x', 6_000)))])).Done.Count);
        _bench.Crash();
        Assert.All(await _bench.ListAsync(PinBench.Alice, tools), static verdict => Assert.Equal(ToolVerdict.Approved, verdict));
    }

    [Theory]
    [InlineData(UpstreamApproval.FirstUse, ToolVerdict.Approved)]
    [InlineData(UpstreamApproval.Operator, ToolVerdict.Unapproved)]
    public async Task About_a_tool_that_was_forgotten_it_is_decided_again(UpstreamApproval approval, ToolVerdict verdict)
    {
        await _bench.ListAsync("search", "Finds.");
        await _bench.ListAsync("other", "Does.");
        await _bench.ListAsync("search", "Finds more.");
        _bench.Configure(approval);
        Assert.Equal(["github__no"], (await _bench.ForgetAsync("search", "no")).Refused);
        Assert.Equal(ToolVerdict.Changed, await _bench.ListAsync("search", "Finds more."));
        Assert.Equal(["github__search"], (await _bench.ForgetAsync("search")).Done);
        _bench.Crash();
        Assert.Equal("github__other", Assert.Single(await _bench.ReadAsync()).Tool);
        Assert.Equal(verdict, await _bench.ListAsync("search", "Finds more."));
        Assert.Equal("operator olga forgot the definition of tool github__search for tenant acme", _bench.Signals.Raised.Last(static signal => signal.Name == SignalName.OperatorAction).What);
    }

    [Fact]
    public async Task All_tools_of_a_server_can_be_forgotten()
    {
        await _bench.ListAsync(PinBench.Alice, [.. Enumerable.Range(0, 200).Select(static at => PinBench.Tool($"tool{at}"))]);
        Assert.Equal(200, (await _bench.ForgetAsync(null)).Done.Count);
        _bench.Crash();
        Assert.Empty(await _bench.ReadAsync());
    }

    [Fact]
    public async Task Pages_end_at_their_limit_or_when_they_are_large()
    {
        await _bench.ListAsync(PinBench.Alice, [.. Enumerable.Range(0, 100).Select(static at => PinBench.Tool($"tool{at:D3}", new string('x', 30_000)))]);
        var first = await _bench.Acme.ReadToolPinsAsync(PinBench.Server, after: null, limit: 10, CancellationToken.None);
        Assert.Equal((10, "github__tool009", true), (first.Pins.Count, first.Pins[^1].Tool, first.HasMore));
        List<ToolPin> all = [];
        for (ToolPinPage? page = null; page is null or { HasMore: true };)
        {
            page = await _bench.Acme.ReadToolPinsAsync(PinBench.Server, all.LastOrDefault()?.Tool, limit: 1000, CancellationToken.None);
            Assert.InRange(page.Pins.Count, 1, 40);
            all.AddRange(page.Pins);
        }

        Assert.Equal(Enumerable.Range(0, 100).Select(static at => $"github__tool{at:D3}"), all.Select(static pin => pin.Tool));
    }
}
