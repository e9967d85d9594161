using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Embedded.Files;
using OrleansMcp.Embedded.Sessions;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.State;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Time;

namespace OrleansMcp.Tests.Embedded;

public sealed class ActivationTests
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");

    [Fact]
    public async Task A_thousand_parallel_first_touches_make_one_actor()
    {
        var store = new CountingStore();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Customise = builder => builder.Services.AddSingleton<ISessionStore>(provider =>
            {
                store.Inner = provider.GetRequiredService<FileSessionStore>();
                return store;
            }),
        });
        using var client = await server.Client().OpenAsync();
        await client.IncrementAsync(1000);
        await server.RestartAsync();
        Assert.Equal(0, server.LiveActors);

        store.Loads = 0;
        var directory = server.Services.GetRequiredService<ISessionDirectory>();
        server.Services.GetRequiredService<SessionIdIssuer>().Judge(client.SessionId, s_alice, out var key);
        using var start = new ManualResetEventSlim();
        var touches = Enumerable.Range(0, 1000).Select(i => Task.Run(async () =>
        {
            start.Wait();
            return await directory.Get(key).PostAsync(s_alice, Message(Rpc.Call(i, "whoami")), new PostOptions(true), default);
        })).ToList();
        start.Set();
        var replies = await Task.WhenAll(touches).InTime("a thousand calls");

        Assert.All(replies, reply => Assert.Equal(ReplyKind.Message, reply.Kind));
        Assert.Equal(1, store.Loads);
        Assert.Equal(1, server.LiveActors);
        Assert.Equal(1001, await client.IncrementAsync());
    }

    [Fact]
    public async Task A_session_leaves_memory_when_idle_and_returns_with_its_state()
    {
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions { Time = time });
        using var client = await server.Client().OpenAsync();
        await client.IncrementAsync(41);
        await server.SendToSleepAsync(time);
        Assert.Equal(1, server.Services.GetRequiredService<Sleepers>().Count);
        Assert.Equal(42, await client.IncrementAsync());
        Assert.Equal(1, server.LiveActors);
    }

    [Fact]
    public async Task A_sleeping_session_whose_time_is_over_is_erased_without_being_called()
    {
        var time = new ManualTimeProvider();
        await using var server = await TestServer.StartAsync(new TestServerOptions { Time = time });
        using var client = await server.Client().OpenAsync();
        await server.SendToSleepAsync(time);
        time.Advance(TimeSpan.FromHours(1));
        await Eventually.Holds(async () =>
        {
            await server.Services.GetRequiredService<Sweeper>().SweepAsync(default);
            return !server.StateFiles().Any(file => file.EndsWith(".session", StringComparison.Ordinal));
        }, "the file was deleted");
        (await client.CallAsync("echo", new { text = "x" })).Expect(System.Net.HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Calls_that_race_with_passivation_all_arrive()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        using var stopping = new CancellationTokenSource();
        var sweeping = Task.Run(async () =>
        {
            var directory = server.Services.GetRequiredService<EmbeddedSessionDirectory>();
            var left = 0;
            while (!stopping.IsCancellationRequested)
            {
                foreach (var session in directory.Live)
                {
                    left += await session.TryPassivateAsync(default) ? 1 : 0;
                }
            }

            return left;
        });
        for (var i = 1; i <= 200; i++)
        {
            Assert.Equal(i, await client.IncrementAsync());
        }

        await stopping.CancelAsync();
        Assert.True(await sweeping > 0, "No passivation happened.");
    }

    [Fact]
    public async Task A_second_server_on_the_same_data_folder_is_refused()
    {
        using var folder = new ScratchFolder();
        await using var server = await TestServer.StartAsync(new TestServerOptions { DataFolder = folder.Path });
        var refused = await Assert.ThrowsAsync<DataFolderLockedException>(
            () => TestServer.StartAsync(new TestServerOptions { DataFolder = folder.Path }));
        Assert.Contains(folder.Path, refused.Message, StringComparison.Ordinal);
    }

    private static McpMessage Message(string json)
    {
        Assert.True(McpMessageParser.TryParse(Encoding.UTF8.GetBytes(json), out var message, out _));
        return message;
    }

    private sealed class CountingStore : ISessionStore
    {
        private int _loads;

        public ISessionStore Inner { get; set; } = null!;

        public int Loads
        {
            get => _loads;
            set => _loads = value;
        }

        public ValueTask<SessionRecord?> LoadAsync(SessionKey key, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _loads);
            return Inner.LoadAsync(key, cancellationToken);
        }

        public ValueTask SaveAsync(SessionRecord record, CancellationToken cancellationToken) => Inner.SaveAsync(record, cancellationToken);

        public ValueTask DeleteAsync(SessionKey key, CancellationToken cancellationToken) => Inner.DeleteAsync(key, cancellationToken);
    }
}
