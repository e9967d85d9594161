using System.Text;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Tests.Upstreams.Pins;

/// <summary>What a hostile server can make a tenant's actor keep.</summary>
public sealed class PinBoundTests
{
    private readonly PinBench _bench = new(maxItems: 10);

    [Theory]
    [InlineData(UpstreamApproval.FirstUse)]
    [InlineData(UpstreamApproval.Operator)]
    public async Task New_names_beyond_the_bound_are_withheld_and_known_ones_go_on(UpstreamApproval approval)
    {
        _bench.Configure(approval, maxItems: 10);
        for (var at = 0; at < 100; at++)
        {
            await _bench.ListAsync($"tool{at:D3}", "Does it.");
        }

        Assert.Equal(20, (await _bench.ReadAsync()).Count);
        Assert.Equal(ToolVerdict.TooMany, await _bench.ListAsync("tool099", "Does it."));
        var known = await _bench.ListAsync("tool000", "Does it.");
        Assert.Equal(approval == UpstreamApproval.FirstUse ? ToolVerdict.Approved : ToolVerdict.Unapproved, known);
        await _bench.ForgetAsync("tool001");
        Assert.Equal(known, await _bench.ListAsync("tool099", "Does it."));
    }

    [Fact]
    public async Task One_listing_does_not_pass_the_bound_either()
    {
        var verdicts = await _bench.ListAsync(PinBench.Alice, [.. Enumerable.Range(0, 30).Select(static at => PinBench.Tool($"tool{at}"))]);
        Assert.Equal((20, 10), (verdicts.Count(static one => one == ToolVerdict.Approved), verdicts.Count(static one => one == ToolVerdict.TooMany)));
    }

    [Fact]
    public async Task A_server_that_changes_with_each_listing_is_withheld_each_time_and_recorded_now_and_then()
    {
        await _bench.ListAsync("search", "Finds.");
        for (var at = 0; at < 500; at++)
        {
            Assert.Equal(ToolVerdict.Changed, await _bench.ListAsync("search", $"Finds {at}."));
        }

        Assert.Equal((21, 20), (_bench.Records.Writes, _bench.Changes.Count()));
        _bench.Time.Advance(TimeSpan.FromMinutes(3));
        for (var at = 500; at < 600; at++)
        {
            Assert.Equal(ToolVerdict.Changed, await _bench.ListAsync("search", $"Finds {at}."));
        }

        Assert.Equal((24, 23), (_bench.Records.Writes, _bench.Changes.Count()));
        Assert.Equal(PinBench.DigestOf("search", "Finds 502."), Assert.Single(await _bench.ReadAsync()).Pending!.Digest);
    }

    [Fact]
    public async Task A_server_that_shows_users_different_tools_by_turns_is_told_of_once_for_each()
    {
        await _bench.ListAsync("search", "Finds.");
        for (var at = 0; at < 5; at++)
        {
            await _bench.ListAsync("search", "Finds for Alice.");
            await _bench.ListAsync("search", "Finds for Bob.", PinBench.Bob);
        }

        Assert.Equal(2, _bench.Changes.Count());
    }

    [Fact]
    public async Task Of_a_long_definition_the_beginning_is_kept_and_all_of_it_counts()
    {
        var text = new string('~', 60_000) + "\ud83d\ude00"; // A text that many encoders make longer.
        await _bench.ListAsync("search", text);
        var kept = Assert.Single(await _bench.ReadAsync()).Approved!;
        Assert.True(kept.IsCut);
        Assert.Equal(Encoding.UTF8.GetByteCount(PinBench.Tool("search", text).Definition.Json), kept.Bytes);
        Assert.InRange(Encoding.UTF8.GetByteCount(kept.Json), (32 * 1024) - 3, 32 * 1024);
        Assert.StartsWith(kept.Json, PinBench.Tool("search", text).Definition.Json, StringComparison.Ordinal);
        Assert.Equal(ToolVerdict.Changed, await _bench.ListAsync("search", text + "."));
        Assert.False(Assert.Single(await _bench.ReadAsync()).Pending!.Digest == kept.Digest);
    }

    [Fact]
    public async Task Of_very_many_long_definitions_the_digests_are_kept()
    {
        _bench.Configure(UpstreamApproval.FirstUse, maxItems: 10_000);
        for (var part = 0; part < 50; part++)
        {
            await _bench.ListAsync(PinBench.Alice, [.. Enumerable.Range(0, 10).Select(at => PinBench.Tool($"tool{part}-{at}", new string('x', 40_000)))]);
        }

        Assert.InRange(_bench.Records.Bytes, 8 * 1024 * 1024, 13 * 1024 * 1024);
        var last = (await _bench.Acme.ReadToolPinsAsync(PinBench.Server, "github__tool49-", limit: 1, CancellationToken.None)).Pins[0].Approved!;
        Assert.Equal(("", true), (last.Json, last.IsCut));
        Assert.Equal(ToolVerdict.Changed, await _bench.ListAsync("tool49-9", "Another."));
    }
}
