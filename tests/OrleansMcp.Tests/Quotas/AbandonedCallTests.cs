using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Quotas;

/// <summary>Tools that do not end when they should: answered for, charged, and not waited for.</summary>
public sealed class AbandonedCallTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);
    private readonly FakeTimeProvider _time = new();

    [Theory]
    [InlineData("test_ignore")]
    [InlineData("test_block")]
    public async Task A_tool_that_ignores_the_end_of_its_time_is_answered_for_and_its_session_goes_on(string tool)
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        var call = client.CallAsync(tool, new { gate = "stuck" });
        await server.Gates["stuck"].Entered;
        await PassAsync(s_timeout + CallWatch.Grace, () => call.IsCompleted);

        var answer = await call.InTime("the client got its answer");
        Assert.Equal(("quota_exceeded", "callTimeout", "client"), Refusal(answer));
        Assert.Equal("x", await client.CallTextAsync("echo", new { text = "x" }));
        Assert.Equal(1, server.Signals.Level("orleansmcp.calls.abandoned"));
        server.Gates["stuck"].Open();
        await Eventually.Holds(() => server.Signals.Level("orleansmcp.calls.abandoned") == 0, "the abandoned call returned");
    }

    [Fact]
    public async Task A_tool_that_heeds_the_end_of_its_time_is_not_abandoned()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        var call = client.CallAsync("test_gate", new { gate = "long" });
        await server.Gates["long"].Entered;
        await PassAsync(s_timeout, () => call.IsCompleted);
        Assert.Equal("callTimeout", Refusal(await call.InTime("the client got its answer")).Quota);
        Assert.True(server.Gates["long"].WasCancelled);
        Assert.Equal(0, server.Signals.Level("orleansmcp.calls.abandoned"));
    }

    [Fact]
    public async Task An_abandoned_call_is_charged_until_it_returns()
    {
        await using var server = await StartAsync(new QuotaConfiguration { ComputeSecondsPerMinute = 30, CallTimeout = s_timeout });
        using var client = await server.Client().OpenAsync();
        var call = client.CallAsync("test_ignore", new { gate = "stuck" });
        await server.Gates["stuck"].Entered;
        await PassAsync(s_timeout + CallWatch.Grace, () => call.IsCompleted);
        await call.InTime("the client got its answer");
        Assert.False((await client.CallAsync("echo", new { text = "x" })).ToolFailed);

        await PassAsync(TimeSpan.FromSeconds(30), () => false);
        await Eventually.Holds(
            async () => (await client.CallAsync("echo", new { text = "x" })) is { ToolFailed: true } refused
                && Refusal(refused) == ("quota_exceeded", "computeSecondsPerMinute", "client"),
            "the budget was used up by a call that nobody waits for");
        server.Gates["stuck"].Open();
    }

    [Fact]
    public async Task The_end_of_a_session_does_not_wait_for_a_tool_that_ignores_it()
    {
        await using var server = await StartAsync();
        using var client = await server.Client().OpenAsync();
        var call = client.CallAsync("test_ignore", new { gate = "stuck" });
        await server.Gates["stuck"].Entered;
        (await client.DeleteAsync()).Expect(System.Net.HttpStatusCode.OK);
        await PassAsync(CallWatch.Grace, () => call.IsCompleted);
        Assert.NotNull((await call.InTime("the client got its answer")).Error);
        server.Gates["stuck"].Open();
    }

    [Fact]
    public async Task The_time_of_the_user_is_not_the_tools()
    {
        await using var server = await StartAsync(new QuotaConfiguration { ComputeSecondsPerMinute = 30, CallTimeout = s_timeout });
        using var client = await server.Client().OpenAsync(capabilities: new { elicitation = new { } });
        using var stream = await client.PostForStreamAsync(Rpc.Call(1, "test_elicit"));
        var asked = await stream.Events.UntilMethodAsync("elicitation/create");
        _time.Advance(TimeSpan.FromSeconds(50));
        await client.AnswerAsync(asked, new { action = "accept", content = new { colour = "red" } });
        var answer = await stream.Events.UntilAnswerAsync();
        Assert.NotEqual(true, (bool?)answer.Json["result"]!["isError"]);
        Assert.Equal("x", await client.CallTextAsync("echo", new { text = "x" }));
    }

    private static (string? Code, string? Quota, string? Scope) Refusal(RawReply reply)
    {
        var details = reply.Result["structuredContent"];
        return ((string?)details?["code"], (string?)details?["quota"], (string?)details?["scope"]);
    }

    /// <summary>Lets time go by in small steps, so that a timer that is set by another timer's work is not missed.</summary>
    private async Task PassAsync(TimeSpan time, Func<bool> isOver)
    {
        for (var passed = TimeSpan.Zero; passed < time + TimeSpan.FromSeconds(1) && !isOver(); passed += TimeSpan.FromSeconds(1))
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(30);
        }
    }

    private Task<TestServer> StartAsync(QuotaConfiguration? quotas = null) => TestServer.StartAsync(new TestServerOptions
    {
        Time = _time,
        Configuration = TestConfiguration.With(quotas: quotas ?? new QuotaConfiguration { CallTimeout = s_timeout }),
    });
}
