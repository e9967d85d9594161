using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Configuration;
using OrleansMcp.Memory;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Scripted;

namespace OrleansMcp.Tests.Upstreams;

/// <summary>A server that answers nonsense, floods, or does not answer costs its own session a clear error and a bounded amount.</summary>
public sealed class HostileUpstreamTests(HostileUpstreamTests.Fixture fixture) : IClassFixture<HostileUpstreamTests.Fixture>
{
    private static readonly Dictionary<string, (Script Script, string Code)> s_answers = new(StringComparer.Ordinal)
    {
        ["malformed JSON"] = (BadAnswers.MalformedJson, "upstream_invalid"),
        ["no message"] = (BadAnswers.NoMessage, "upstream_invalid"),
        ["not UTF-8"] = (BadAnswers.NotUtf8, "upstream_invalid"),
        ["another content type"] = (BadAnswers.WrongContentType, "upstream_invalid"),
        ["another id"] = (BadAnswers.WrongId, "upstream_lost"),
        ["accepted"] = (BadAnswers.Accepted, "upstream_invalid"),
        ["deep"] = (BadAnswers.Deep(), "upstream_invalid"),
        ["huge"] = (BadAnswers.Huge(), "upstream_too_much"),
        ["HTML"] = (BadAnswers.Html(), "upstream_unavailable"),
        ["500"] = (BadAnswers.Status(500), "upstream_unavailable"),
        ["401"] = (BadAnswers.Status(401), "upstream_unauthorized"),
        ["403"] = (BadAnswers.Status(403), "upstream_unauthorized"),
        ["429"] = (BadAnswers.Status(429, retryAfter: 7), "upstream_busy"),
        ["redirect"] = (BadAnswers.Redirect(new Uri("http://127.0.0.1:1/mcp")), "upstream_unavailable"),
        ["reset"] = (BadAnswers.Reset, "upstream_lost"),
        ["stream without answer"] = (BadStreams.NoAnswer, "upstream_lost"),
        ["rubbish in a stream"] = (BadStreams.Rubbish, "upstream_invalid"),
        ["flood"] = (BadStreams.Flood, "upstream_too_much"),
        ["endless line"] = (BadStreams.EndlessLine, "upstream_too_much"),
        ["endless event"] = (BadStreams.EndlessEvent, "upstream_too_much"),
        ["endless comments"] = (BadStreams.EndlessComments, "upstream_too_much"),
        ["never"] = (BadAnswers.Never, "quota_exceeded"),
        ["silence"] = (BadStreams.Silence, "quota_exceeded"),
    };

    private static readonly Dictionary<string, (Script Script, string? Problem)> s_lists = new(StringComparer.Ordinal)
    {
        ["100,000 tools"] = (BadLists.Many(), "lists more than it may"),
        ["pages without end"] = (BadLists.EndlessPages, "lists on more than 200 pages"),
        ["the same page"] = (BadLists.SameCursor, "lists on more than 200 pages"),
        ["an endless page"] = (BadLists.Endless, "sent a message of more than"),
        ["huge definitions"] = (BadLists.Huge(), "sent a message of more than"),
        ["nonsense"] = (BadAnswers.MalformedJson, "sent something that is no JSON-RPC message"),
        ["never"] = (BadAnswers.Never, "did not answer tools/list in time"),
        ["what is no tool"] = (BadLists.Malformed, null),
        ["one tool twice"] = (BadLists.Twice, null),
    };

    public static TheoryData<string> Answers => [.. s_answers.Keys];

    public static TheoryData<string> Lists => [.. s_lists.Keys];

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task A_call_that_is_answered_badly_fails_alone(string how)
    {
        var (script, code) = s_answers[how];
        await using var upstream = await ScriptedUpstream.StartAsync(UpstreamEra.Sessions);
        await using var server = await fixture.InFrontOfAsync(upstream);
        var (client, neighbour) = (await server.Client().OpenAsync(), await server.Client(TestConfiguration.Carol).OpenAsync());
        Assert.Equal("fine", await client.CallTextAsync("bad__echo", new { text = "fine" }));
        Assert.Equal("own", await neighbour.CallTextAsync("echo", new { text = "own" }));
        var memory = server.Services.GetRequiredService<HeldMemory>();
        var before = memory.Held;
        upstream.On("tools/call", script);
        var failed = await client.CallAsync("bad__echo", new { text = "x" });
        Assert.True(failed.ToolFailed, failed.Text);
        Assert.Equal(code, (string)failed.Result["structuredContent"]!["code"]!);
        Assert.Equal(how == "429" ? 7 : 0, (int?)failed.Result["structuredContent"]!["retryAfterSeconds"] ?? 0);
        Assert.Equal("own", await client.CallTextAsync("echo", new { text = "own" }));
        Assert.Equal("own", await neighbour.CallTextAsync("echo", new { text = "own" }));
        await Eventually.Holds(() => memory.Held <= before + (2 << 20), "nothing was held but what the client may ask for again");
    }

    [Theory]
    [MemberData(nameof(Lists))]
    public async Task A_list_that_is_no_good_is_told_and_the_others_are_listed(string how)
    {
        var (script, problem) = s_lists[how];
        await using var upstream = await ScriptedUpstream.StartAsync(UpstreamEra.Sessions);
        await using var server = await fixture.InFrontOfAsync(upstream);
        upstream.On("tools/list", script);
        var client = await server.Client().OpenAsync();
        var listed = (await client.PostAsync(Rpc.Request(1, "tools/list"))).Result;
        var names = listed["tools"]!.AsArray().Select(static tool => (string)tool!["name"]!).ToList();
        Assert.Contains("echo", names);
        Assert.Equal(problem is null ? ["bad__echo"] : [], names.Where(static name => name.StartsWith("bad", StringComparison.Ordinal)));
        var told = (string?)listed["_meta"]?["orleansmcp/unavailable"]?["bad"];
        Assert.True(problem is null ? told is null : told?.Contains(problem, StringComparison.Ordinal) == true, told);
    }

    [Fact]
    public async Task What_nobody_asked_for_does_not_flood_the_client()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(UpstreamEra.Sessions);
        upstream.On("GET", BadStreams.ListChangedFlood);
        await using var server = await fixture.InFrontOfAsync(upstream);
        var client = await server.Client().OpenAsync();
        Assert.Equal("fine", await client.CallTextAsync("bad__echo", new { text = "fine" }));
        await Eventually.Holds(() => upstream.Requests.Of("GET") == 1 && upstream.ConnectionsOpen <= 1, "the flood was cut off");
        Assert.Equal("fine", await client.CallTextAsync("bad__echo", new { text = "fine" }));
        Assert.Equal(1, upstream.Requests.Of("GET"));
    }

    [Fact]
    public async Task What_the_server_sends_unasked_is_asked_of_its_own_session_only()
    {
        await using var upstream = await ScriptedUpstream.StartAsync(UpstreamEra.Sessions);
        upstream.On("GET", BadStreams.UnaskedRequests);
        await using var server = await fixture.InFrontOfAsync(upstream);
        var (client, neighbour) = (await server.Client().OpenAsync(capabilities: new { }), await server.Client().OpenAsync(capabilities: new { elicitation = new { }, sampling = new { } }));
        using var listening = await neighbour.ListenAsync();
        Assert.Equal("fine", await client.CallTextAsync("bad__echo", new { text = "fine" }));
        await Eventually.Holds(() => !upstream.Responses.IsEmpty, "the server was told that the client cannot be asked");
        Assert.All(upstream.Responses, static response => Assert.NotNull(response["error"]));
        Assert.Equal("own", await neighbour.CallTextAsync("echo", new { text = "own" }));
    }

    /// <summary>Limits that are small enough to be met.</summary>
    public sealed class Fixture
    {
        internal Task<TestServer> InFrontOfAsync(ScriptedUpstream upstream)
        {
            var quotas = new QuotaConfiguration { CallTimeout = TimeSpan.FromSeconds(4) };
            var configuration = UpstreamWorld.Configure(TestConfiguration.With(quotas: quotas), ("bad", upstream.Url));
            var servers = configuration.Servers.ToDictionary(
                static one => one.Key, static one => one.Value with { OpenTimeout = TimeSpan.FromSeconds(6), MaxAnswerBytes = 256 * 1024, MaxItems = 500 }, StringComparer.Ordinal);
            return TestServer.StartAsync(new TestServerOptions { Configuration = configuration with { Servers = servers } });
        }
    }
}
