using System.Collections.Concurrent;
using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Durability;

/// <summary>SIGTERM: the server stops soon, with exit code 0, and what was acknowledged until then stands.</summary>
[Trait(Rounds.Trait, Rounds.MoreAtNight)]
public sealed class TerminationTests
{
    private const int Writers = 8;

    [Fact]
    public async Task A_busy_server_stops_gracefully_and_its_sessions_go_on_after_the_restart()
    {
        using var folder = new ScratchFolder();
        await using var server = new ServerProcess(folder.Path);
        await server.StartAsync();
        using var listener = await OpenAsync(server);
        Assert.Equal(41, await listener.IncrementAsync(41));
        using var stream = await listener.ListenAsync();
        var acknowledged = new ConcurrentDictionary<RawClient, long>();
        var writing = new List<Task>();
        for (var number = 0; number < Writers; number++)
        {
            writing.Add(WriteAsync(await OpenAsync(server), acknowledged));
        }

        await Eventually.Holds(() => acknowledged.Count == Writers && acknowledged.Values.All(value => value >= 5), "every writer wrote");
        Assert.Equal(0, await server.TerminateAsync());
        await Task.WhenAll(writing).InTime("every writer noticed");

        await server.StartAsync();
        Assert.Equal(42, await listener.IncrementAsync());
        foreach (var (client, value) in acknowledged)
        {
            // One more than was acknowledged may have been written: the call whose answer the writer did not get.
            Assert.InRange(await client.IncrementAsync(), value + 1, value + 2);
            client.Dispose();
        }
    }

    [Fact]
    public async Task Sessions_opened_and_ended_before_a_kill_are_open_and_ended_after_it()
    {
        using var folder = new ScratchFolder();
        await using var server = new ServerProcess(folder.Path);
        var open = new List<RawClient>();
        var ended = new List<RawClient>();
        for (var kills = Rounds.Of(1, atNight: 5); kills > 0; kills--)
        {
            await server.StartAsync();
            for (var number = 0; number < 4; number++)
            {
                open.Add(await OpenAsync(server));
                ended.Add(await OpenAsync(server));
                (await ended[^1].DeleteAsync()).Expect(HttpStatusCode.OK);
            }

            await server.KillAsync();
        }

        await server.StartAsync();
        Assert.All(await Task.WhenAll(open.Select(client => client.IsAliveAsync())), Assert.True);
        Assert.All(await Task.WhenAll(ended.Select(client => client.IsAliveAsync())), Assert.False);
        open.Concat(ended).ToList().ForEach(client => client.Dispose());
    }

    private static Task<RawClient> OpenAsync(ServerProcess server) => PatientClient.OpenAsync(server.Url);

    /// <summary>Increments until the server is gone.</summary>
    private static async Task WriteAsync(RawClient client, ConcurrentDictionary<RawClient, long> acknowledged)
    {
        try
        {
            while (true)
            {
                var reply = await client.CallAsync("increment");
                if (reply.Status != HttpStatusCode.OK || reply.ToolFailed)
                {
                    return;
                }

                acknowledged[client] = DemoTools.Counter(reply.ToolText);
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // It is gone.
        }
    }
}
