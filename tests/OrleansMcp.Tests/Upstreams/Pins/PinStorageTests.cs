using System.Text.Json;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Sessions;
using OrleansMcp.Storage;
using OrleansMcp.Tests.Quotas;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Tests.Upstreams.Pins;

/// <summary>Approved tools on a store that fails: what is not known is withheld, and nothing else suffers.</summary>
public sealed class PinStorageTests
{
    private readonly PinBench _bench = new();

    public static TheoryData<Exception> Problems { get; } = new((Exception[])
    [
        new IOException("The disk does not answer."),
        StoreDamagedException.OfRow("records", "acme/_operators/tools.github", "its checksum does not fit"),
        new InvalidDataException("It is damaged."),
        new RecordLogLostException("Another actor serves this namespace."),
    ]);

    [Fact]
    public async Task Nothing_is_read_before_a_session_uses_a_server()
    {
        Assert.Null(await _bench.Acme.RegisterAsync("alice", SessionKey.Of("acme", isPrincipal: false, 1)));
        Assert.Equal(0, _bench.Records.Reads);
        await _bench.ListAsync("search", "Finds.");
        await _bench.ListAsync("search", "Finds.");
        Assert.Equal(1, _bench.Records.Reads);
    }

    [Theory]
    [MemberData(nameof(Problems))]
    public async Task What_cannot_be_read_withholds_the_tools_of_that_server_and_nothing_else(Exception problem)
    {
        await _bench.ListAsync("search", "Finds.");
        _bench.Crash();
        _bench.Records.ReadProblem = key => key.Name == "tools.github" ? problem : null;
        var refused = await Assert.ThrowsAsync<ToolPinsException>(() => _bench.ListAsync("search", "Finds."));
        Assert.Contains("'github'", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ToolPinsException>(() => _bench.ReadAsync());
        await Assert.ThrowsAsync<ToolPinsException>(() => _bench.ApproveAsync(("search", "Finds.")));
        await Assert.ThrowsAsync<ToolPinsException>(() => _bench.ForgetAsync(null));

        var crm = PinBench.ListingOf(PinBench.Alice, withDefinitions: true, [PinBench.Tool("find", server: "crm")], "crm");
        Assert.Equal(ToolVerdict.Approved, Assert.Single(await _bench.Acme.JudgeToolsAsync(crm, CancellationToken.None)).Verdict);
        Assert.Null(await _bench.Acme.RegisterAsync("alice", SessionKey.Of("acme", isPrincipal: false, 1)));
        Assert.False(_bench.Acme.IsFenced);

        _bench.Records.ReadProblem = null;
        Assert.Equal(ToolVerdict.Changed, await _bench.ListAsync("search", "Finds more."));
    }

    [Fact]
    public async Task A_record_that_holds_no_pin_withholds_the_tools()
    {
        await _bench.ListAsync("search", "Finds.");
        var log = _bench.Records.Open(RecordSpaceKey.OfOperators("acme", "tools.github"));
        var image = await log.LoadAsync(CancellationToken.None);
        var (author, commit) = (new RecordAuthor("acme", "_operators", "", ""), Guid.NewGuid());
        var other = image!.Records[0] with { Value = JsonSerializer.SerializeToElement(new { Tool = "github__other" }), Version = image.Version + 1, Transaction = commit };
        await log.AppendAsync([new RecordCommit(image.Version + 1, commit, author, _bench.Time.GetUtcNow()) { Puts = [other] }], []);
        _bench.Crash();
        await Assert.ThrowsAsync<ToolPinsException>(() => _bench.ListAsync("search", "Finds."));
    }

    [Fact]
    public async Task While_nothing_can_be_written_known_tools_go_on_and_new_ones_are_withheld()
    {
        await _bench.ListAsync("search", "Finds.");
        _bench.Records.WriteProblem = new IOException("The disk is full.");
        Assert.Equal(
            [ToolVerdict.Approved, ToolVerdict.Unrecorded], await _bench.ListAsync(PinBench.Alice, PinBench.Tool("search", "Finds."), PinBench.Tool("new")));
        Assert.Equal(ToolVerdict.Changed, await _bench.ListAsync("search", "Finds more."));
        Assert.Empty(_bench.Changes);
        await Assert.ThrowsAsync<ToolPinsException>(() => _bench.ForgetAsync("search"));

        _bench.Records.WriteProblem = null;
        Assert.Equal(ToolVerdict.Approved, await _bench.ListAsync("new", "Does it."));
        Assert.Equal(ToolVerdict.Changed, await _bench.ListAsync("search", "Finds more."));
        Assert.Single(_bench.Changes);
    }

    [Fact]
    public async Task Of_a_listing_that_is_written_in_part_that_part_is_approved()
    {
        var tools = Enumerable.Range(0, 100).Select(static at => PinBench.Tool($"tool{at}")).ToArray();
        (_bench.Records.WriteProblem, _bench.Records.WritesBefore) = (new IOException("The disk is full."), 1);
        var verdicts = await _bench.ListAsync(PinBench.Alice, tools);
        Assert.Equal((45, 55), (verdicts.Count(static one => one == ToolVerdict.Approved), verdicts.Count(static one => one == ToolVerdict.Unrecorded)));
        _bench.Crash();
        Assert.Equal(45, (await _bench.ReadAsync()).Count);
    }

    [Fact]
    public async Task An_actor_that_another_one_has_overtaken_reads_again_what_that_one_wrote()
    {
        await _bench.ListAsync("search", "Finds.");
        var former = _bench.Acme;
        _bench.Crash();
        await _bench.ListAsync("new", "Does it.");
        _bench.Records.WriteProblem = new RecordLogLostException("Another actor serves this namespace.");
        await Assert.ThrowsAsync<ToolPinsException>(async () => await former.JudgeToolsAsync(PinBench.ListingOf(PinBench.Bob, withDefinitions: true, [PinBench.Tool("new", "Does more.")]), CancellationToken.None));
        _bench.Records.WriteProblem = null;
        var again = await former.JudgeToolsAsync(PinBench.ListingOf(PinBench.Bob, withDefinitions: true, [PinBench.Tool("new", "Does more.")]), CancellationToken.None);
        Assert.Equal(ToolVerdict.Changed, Assert.Single(again).Verdict);
    }
}
