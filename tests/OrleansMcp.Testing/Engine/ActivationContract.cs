using System.Globalization;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>One session, one actor, whoever finds it from wherever.</summary>
public abstract class ActivationContract : EngineContract
{
    private const int Many = 1000;

    // A thousand durable writes, one after the other, on whatever disk there is.
    private static readonly TimeSpan s_enough = TimeSpan.FromMinutes(2);

    private static readonly SessionConfiguration s_crowded = new() { MaxConcurrentRequests = 2 * Many };

    [Fact]
    public async Task Messages_through_different_nodes_reach_the_same_state()
    {
        await using var engine = await StartAsync();
        var client = await engine.OpenAsync(Alice);
        var expected = 0;
        for (var round = 0; round < 3; round++)
        {
            foreach (var through in client.Everywhere())
            {
                Assert.Equal(++expected, await through.IncrementAsync());
            }
        }

        Assert.All(await Task.WhenAll(client.Everywhere().Select(through => through.CounterAsync())), value => Assert.Equal(expected, value));
        Assert.Equal(1, engine.ActorsOf(client.Key));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_thousand_parallel_first_touches_from_all_nodes_make_one_actor(bool restart)
    {
        await using var engine = await StartAsync(s_crowded);
        var client = await engine.OpenAsync(Alice);
        await LeaveMemoryAsync(engine, restart);
        Assert.Equal(0, engine.ActorsOf(client.Key));

        var values = await AtOnceAsync(engine, client, IncrementAsync);

        Assert.Equal(Enumerable.Range(1, Many).Select(value => (long)value), values.Order());
        Assert.Equal(1, engine.ActorsOf(client.Key));
        Assert.Equal(Many, await client.Elsewhere().CounterAsync());
    }

    [Fact]
    public async Task A_thousand_parallel_calls_of_a_principal_that_nobody_called_before_make_one_actor()
    {
        await using var engine = await StartAsync(s_crowded);
        var client = engine.Principal(Alice);
        var values = await AtOnceAsync(engine, client, IncrementAsync);
        Assert.Equal(Enumerable.Range(1, Many).Select(value => (long)value), values.Order());
        Assert.Equal(1, engine.ActorsOf(client.Key));
    }

    [Fact]
    public async Task A_thousand_parallel_calls_of_an_unknown_session_make_no_actor()
    {
        await using var engine = await StartAsync(s_crowded);
        var client = engine.Unopened(Alice);
        Assert.DoesNotContain(true, await AtOnceAsync(engine, client, through => through.IsFoundAsync()));
        await NothingIsLeftOf(engine, client.Key);
    }

    [Fact]
    public async Task Sessions_keep_apart_while_all_of_them_are_called_at_once()
    {
        await using var engine = await StartAsync();
        var clients = new List<EngineClient>();
        foreach (var caller in new[] { Alice, Alice, Bob, Carol })
        {
            clients.Add(await engine.OpenAsync(caller));
        }

        await engine.SendToSleepAsync();
        var work = clients.SelectMany(client => Enumerable.Range(1, 50).Select(i => Task.Run(async () =>
        {
            var answer = await client.At(i % engine.NodeCount).CallAsync("engine_echo", new { text = $"{client.Key} {i}" }, id: i);
            Assert.Equal((i.ToString(CultureInfo.InvariantCulture), $"{client.Key} {i}"), (answer.Json["id"]!.ToJsonString(), answer.Text));
            await client.At(i % engine.NodeCount).IncrementAsync();
        })));
        await Task.WhenAll(work).InTime("all sessions answered");
        Assert.All(await Task.WhenAll(clients.Select(client => client.CounterAsync())), value => Assert.Equal(50, value));
    }

    private static async Task<T[]> AtOnceAsync<T>(IEngine engine, EngineClient client, Func<EngineClient, Task<T>> call)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = Enumerable.Range(0, Many).Select(async i =>
        {
            await start.Task;
            return await call(client.At(i % engine.NodeCount));
        }).ToList();
        start.SetResult();
        return await Task.WhenAll(calls).WaitAsync(s_enough);
    }

    private static async Task<long> IncrementAsync(EngineClient client)
    {
        var reply = await client.PostPatientlyAsync(client.Request("tools/call", Rpc.CallParams("engine_increment")));
        return long.Parse(new ToolAnswer(await client.AnswerAsync(reply)).Text, CultureInfo.InvariantCulture);
    }
}
