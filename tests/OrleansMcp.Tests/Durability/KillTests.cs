using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Durability;

[Collection(AloneCollection.Name)]
public sealed class KillTests
{
    private const int Kills = 20;
    private const int Writers = 32;
    private const int Seed = 20260728;

    [Fact]
    public async Task No_acknowledged_increment_is_lost_or_doubled_when_the_server_is_killed_twenty_times()
    {
        using var folder = new ScratchFolder();
        await using var server = new ServerProcess(folder.Path);
        await server.StartAsync();
        using var stopping = new CancellationTokenSource();
        var writers = new List<Writer>();
        for (var i = 0; i < Writers; i++)
        {
            writers.Add(await Writer.OpenAsync(server.Url));
        }

        var writing = writers.Select(writer => Task.Run(() => writer.RunAsync(stopping.Token))).ToList();
        await KillAsync(server, Kills, () => writers.Sum(writer => writer.Acknowledged));
        await stopping.CancelAsync();
        await Task.WhenAll(writing);
        foreach (var writer in writers)
        {
            // Read through a fresh actor of a server that has seen none of the writes.
            await writer.CheckAsync();
            writer.Dispose();
        }
    }

    [Fact]
    public async Task No_acknowledged_record_is_lost_when_the_server_is_killed_five_times()
    {
        using var folder = new ScratchFolder();
        await using var server = new ServerProcess(folder.Path);
        await server.StartAsync();
        using var stopping = new CancellationTokenSource();
        List<RecordWriter> writers = [];
        for (var number = 0; number < Writers / 2; number++)
        {
            // Half of them share a namespace, so that several transactions are in one write.
            writers.Add(await RecordWriter.OpenAsync(server.Url, number % 2 == 0 ? "shared" : $"own-{number}", $"k{number}"));
        }

        var writing = writers.Select(writer => Task.Run(() => writer.RunAsync(stopping.Token))).ToList();
        await KillAsync(server, kills: 5, () => writers.Sum(writer => writer.Acknowledged));
        await stopping.CancelAsync();
        await Task.WhenAll(writing);
        foreach (var writer in writers)
        {
            await writer.CheckAsync();
            writer.Dispose();
        }
    }

    [Fact]
    public async Task Sessions_go_on_after_a_termination_that_exits_with_zero()
    {
        using var folder = new ScratchFolder();
        await using var server = new ServerProcess(folder.Path);
        await server.StartAsync();
        using var client = await new RawClient(server.Url, TestConfiguration.Alice).OpenAsync();
        await client.IncrementAsync(41);
        Assert.Equal(0, await server.TerminateAsync());
        await server.StartAsync();
        Assert.Equal(42, await client.IncrementAsync());
    }

    /// <summary>Kills the server at moments that have nothing to do with what it is doing, and starts it again.</summary>
    private static async Task KillAsync(ServerProcess server, int kills, Func<long> acknowledged)
    {
        var moments = new Random(Seed);
        for (var kill = 0; kill < kills; kill++)
        {
            var before = acknowledged();
            await Eventually.Holds(() => acknowledged() > before + Writers, "writers made progress between two kills");
            await Task.Delay(moments.Next(0, 120));
            await server.KillAsync();
            await server.StartAsync();
        }
    }

    /// <summary>A session that increments without pause and remembers what was acknowledged.</summary>
    private sealed class Writer : IDisposable
    {
        private readonly RawClient _client;
        private readonly List<long> _acknowledged = [];
        private long _attempts;

        private Writer(RawClient client) => _client = client;

        public int Acknowledged
        {
            get
            {
                lock (_acknowledged)
                {
                    return _acknowledged.Count;
                }
            }
        }

        public static async Task<Writer> OpenAsync(Uri url) => new(await new RawClient(url, TestConfiguration.Alice).OpenAsync());

        public async Task RunAsync(CancellationToken stopping)
        {
            while (!stopping.IsCancellationRequested)
            {
                await TryIncrementAsync();
            }
        }

        public async Task CheckAsync()
        {
            Assert.True(await TryIncrementAsync(), "The session no longer answers.");

            // Strictly rising: none doubled, and none taken back by a later life. Never more than was sent: none made up.
            Assert.All(_acknowledged.Zip(_acknowledged.Skip(1)), pair => Assert.True(pair.First < pair.Second, $"{pair.First} then {pair.Second}"));
            Assert.True(_acknowledged[^1] <= _attempts, $"{_acknowledged[^1]} after {_attempts} attempts");
            Assert.True(_acknowledged[^1] >= _acknowledged.Count, $"{_acknowledged[^1]} after {_acknowledged.Count} acknowledgements");
        }

        public void Dispose() => _client.Dispose();

        private async Task<bool> TryIncrementAsync()
        {
            Interlocked.Increment(ref _attempts);
            try
            {
                var reply = await _client.CallAsync("increment");
                Assert.NotEqual(System.Net.HttpStatusCode.NotFound, reply.Status);
                if (reply.Status != System.Net.HttpStatusCode.OK || reply.ToolFailed)
                {
                    return false;
                }

                lock (_acknowledged)
                {
                    _acknowledged.Add(DemoTools.Counter(reply.ToolText));
                }

                return true;
            }
            catch (Exception e) when (e is HttpRequestException or IOException)
            {
                await Task.Delay(20);
                return false;
            }
        }
    }
}
