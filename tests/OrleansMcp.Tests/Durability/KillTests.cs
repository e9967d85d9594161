using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Durability;

[Trait(Rounds.Trait, Rounds.MoreAtNight)]
public sealed class KillTests
{
    private const int Writers = 32;
    private const int Seed = 20260728;

    [Fact]
    public Task No_acknowledged_increment_is_lost_or_doubled_when_the_server_is_killed() =>
        NothingIsLostAsync(Rounds.Of(1, atNight: 20), Writers, async (url, _) => await CounterWriter.OpenAsync(url));

    [Fact]
    public Task No_acknowledged_record_is_lost_when_the_server_is_killed() =>
        // Half of them share a namespace, so that several transactions are in one write.
        NothingIsLostAsync(Rounds.Of(1, atNight: 5), Writers / 2, async (url, number) =>
            await RecordWriter.OpenAsync(url, number % 2 == 0 ? "shared" : $"own-{number}", $"k{number}"));

    /// <summary>Writers write while their server is killed again and again; then each finds all that was acknowledged to it.</summary>
    private static async Task NothingIsLostAsync(int kills, int count, Func<Uri, int, Task<IWriter>> openAsync)
    {
        using var folder = new ScratchFolder();
        await using var server = new ServerProcess(folder.Path);
        await server.StartAsync();
        using var stopping = new CancellationTokenSource();
        var writers = new List<IWriter>();
        for (var number = 0; number < count; number++)
        {
            writers.Add(await openAsync(server.Url, number));
        }

        var writing = writers.Select(writer => Task.Run(() => writer.RunAsync(stopping.Token))).ToList();
        await KillAsync(server, kills, () => writers.Sum(writer => writer.Acknowledged));
        await stopping.CancelAsync();
        await Task.WhenAll(writing);
        foreach (var writer in writers)
        {
            // Read through a fresh actor of a server that has seen none of the writes.
            await writer.CheckAsync();
            writer.Dispose();
        }
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
}
