using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Tenants;
using OrleansMcp.Upstreams;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Tests.Upstreams.Pins;

/// <summary>How a process asks tenants about the lists that its sessions are shown.</summary>
public sealed class ToolPinsTests
{
    private readonly PinBench _bench = new();
    private readonly AskedTenant _tenants;
    private readonly ToolPins _pins;

    public ToolPinsTests()
    {
        _tenants = new AskedTenant(_bench.Get);
        _pins = new ToolPins(_ => _tenants, _bench.Time);
    }

    [Fact]
    public async Task A_list_is_asked_about_once_for_half_a_minute()
    {
        Assert.Empty(await JudgeAsync(PinBench.Alice, PinBench.Tool("search"), PinBench.Tool("find")));
        Assert.Equal([false, true], _tenants.Asked.Select(static one => one.Tools[0].Definition is not null)); // Definitions go where they are wanted.
        _bench.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.Empty(await JudgeAsync(PinBench.Bob, PinBench.Tool("find"), PinBench.Tool("search"))); // in whatever order
        Assert.Equal(2, _tenants.Asked.Count);

        Assert.Equal("tool_definition_changed", (await JudgeAsync(PinBench.Bob, PinBench.Tool("search", "Finds more."), PinBench.Tool("find")))["github__search"].Code);
        Assert.Equal(4, _tenants.Asked.Count);
        Assert.Single(_tenants.Asked[^1].Tools);
        Assert.Empty(await JudgeAsync(PinBench.Alice, PinBench.Tool("search"), PinBench.Tool("find")));
        Assert.Equal(4, _tenants.Asked.Count);

        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(await JudgeAsync(PinBench.Alice, PinBench.Tool("search"), PinBench.Tool("find")));
        Assert.Equal(5, _tenants.Asked.Count);
    }

    [Fact]
    public async Task Sessions_that_open_at_once_ask_once_and_one_that_gives_up_stops_no_other()
    {
        var gate = new TaskCompletionSource();
        _tenants.Gate = gate.Task;
        using var impatient = new CancellationTokenSource();
        var first = _pins.JudgeAsync(PinBench.Alice, _bench.Configured, [PinBench.Tool("search")], impatient.Token).AsTask();
        var others = Enumerable.Range(0, 100).Select(_ => JudgeAsync(PinBench.Bob, PinBench.Tool("search"))).ToArray();
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        Assert.All(await Task.WhenAll(others), static withheld => Assert.Empty(withheld));
        Assert.Equal(2, _tenants.Asked.Count);
    }

    [Fact]
    public async Task What_an_operator_decides_while_it_is_asked_is_seen_half_a_minute_later()
    {
        await _bench.ListAsync("search", "Finds.");
        var gate = new TaskCompletionSource();
        _tenants.Gate = gate.Task;
        var asking = JudgeAsync(PinBench.Alice, PinBench.Tool("search", "Finds."));
        _bench.Time.Advance(TimeSpan.FromSeconds(20));
        gate.SetResult();
        Assert.Empty(await asking);
        _bench.Configure(UpstreamApproval.Operator);
        await _bench.ForgetAsync("search");
        _bench.Time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal("tool_not_approved", (await JudgeAsync(PinBench.Alice, PinBench.Tool("search", "Finds.")))["github__search"].Code);
        await _bench.ApproveAsync(("search", "Finds."));
        _bench.Time.Advance(TimeSpan.FromSeconds(30));
        Assert.Empty(await JudgeAsync(PinBench.Alice, PinBench.Tool("search", "Finds.")));
    }

    [Fact]
    public async Task Tenants_and_servers_are_asked_each()
    {
        await JudgeAsync(PinBench.Alice, PinBench.Tool("search"));
        await JudgeAsync(new SessionOwner("globex", "carol", "carol", KeyThumbprint: null), PinBench.Tool("search"));
        await _pins.JudgeAsync(PinBench.Alice, _bench.Configured with { Name = "crm" }, [PinBench.Tool("search")], CancellationToken.None);
        Assert.Equal(["acme github", "globex github", "acme crm"], _tenants.Asked.Select(static one => $"{one.Owner.Tenant} {one.Server}").Distinct());
    }

    [Fact]
    public async Task Of_lists_that_differ_for_each_user_few_are_remembered()
    {
        for (var user = 0; user < 10; user++)
        {
            await JudgeAsync(PinBench.Alice, PinBench.Tool("search", $"Finds for {user}."));
        }

        var asked = _tenants.Asked.Count;
        await JudgeAsync(PinBench.Alice, PinBench.Tool("search", "Finds for 9."));
        Assert.Equal(asked, _tenants.Asked.Count);
        await JudgeAsync(PinBench.Alice, PinBench.Tool("search", "Finds for 0."));
        Assert.Equal(asked + 1, _tenants.Asked.Count);
    }

    public static TheoryData<Exception> Problems { get; } = new((Exception[])
    [
        new ToolPinsException("github", new IOException("The disk does not answer.")), new SessionUnavailableException("The tenant does not answer."), new TenantStoppedException(),
    ]);

    [Theory]
    [MemberData(nameof(Problems))]
    public async Task A_tenant_that_cannot_answer_is_a_server_that_cannot_be_used_and_is_left_alone_for_a_moment(Exception problem)
    {
        _tenants.Problem = problem;
        _pins.ThrowIfUnreadable("acme", _bench.Configured);
        var failure = await Assert.ThrowsAsync<UpstreamException>(() => JudgeAsync(PinBench.Alice, PinBench.Tool("search")));
        Assert.Equal(("upstream_unavailable", 5), (failure.Code, failure.RetryAfterSeconds));
        Assert.DoesNotContain("disk", failure.Message, StringComparison.Ordinal);
        Assert.Equal(failure.Message, Assert.Throws<UpstreamException>(() => _pins.ThrowIfUnreadable("acme", _bench.Configured)).Message);
        _pins.ThrowIfUnreadable("globex", _bench.Configured);
        _pins.ThrowIfUnreadable("acme", _bench.Configured with { Name = "crm" });
        _tenants.Problem = null;
        _bench.Time.Advance(TimeSpan.FromSeconds(5));
        _pins.ThrowIfUnreadable("acme", _bench.Configured);
        Assert.Empty(await JudgeAsync(PinBench.Alice, PinBench.Tool("search")));
    }

    [Fact]
    public async Task A_long_list_is_sent_in_parts()
    {
        await JudgeAsync(PinBench.Alice, [.. Enumerable.Range(0, 100).Select(static at => PinBench.Tool($"tool{at}", new string('x', 10_000)))]);
        Assert.InRange(_tenants.Asked.Count, 4, 7);
        Assert.All(_tenants.Asked.Skip(1), static one => Assert.InRange(one.Tools.Sum(static tool => tool.Definition!.Json.Length), 1, 256 * 1024));
        Assert.Equal(100, _tenants.Asked.Skip(1).Sum(static one => one.Tools.Count));
        Assert.All(await _bench.ReadAsync(), static pin => Assert.NotNull(pin.Approval));
    }

    [Fact]
    public async Task Where_nothing_is_listed_nobody_is_asked()
    {
        Assert.Empty(await JudgeAsync(PinBench.Alice));
        Assert.Empty(_tenants.Asked);
    }

    private Task<IReadOnlyDictionary<string, ToolWithholding>> JudgeAsync(SessionOwner owner, params NamedDefinition[] tools) =>
        _pins.JudgeAsync(owner, _bench.Configured, tools, CancellationToken.None).AsTask();
}
