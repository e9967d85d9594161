using System.Globalization;
using Orleans;
using Orleans.Runtime;
using OrleansMcp.Sessions.State;
using OrleansMcp.Tests.Clients;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Processes;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>A process that writes is killed again and again, at moments that have nothing to do with what it is doing.</summary>
public sealed class KillTests
{
    private const int Kills = 6;
    private const int Writers = 16;

    [Fact]
    public async Task No_acknowledged_write_is_lost_and_none_is_half_done()
    {
        using var scratch = new ScratchFolder();
        var moments = new Random(20260728);
        var folder = Path.Combine(scratch.Path, "data");
        for (var kill = 0; kill < Kills; kill++)
        {
            var acknowledged = await WriteAndKillAsync(folder, 200 + moments.Next(400));
            using var store = new SqliteStore(folder);
            Assert.Equal(Writers, (await store.Registry.LoadAsync("acme", default)).Count);
            foreach (var (key, number) in acknowledged)
            {
                var state = new GrainState<StoredSession>();
                await store.Sessions.ReadStateAsync("session", GrainId.Create("session", key), state);
                Assert.InRange(state.State!.Epoch, number, number + 1); // The one that was on its way may have arrived.
            }
        }
    }

    /// <summary>What was acknowledged last, by key.</summary>
    private static async Task<Dictionary<string, long>> WriteAndKillAsync(string folder, int lines)
    {
        await using var process = ProcessUnderTest.Start("dotnet", [Writer(), folder, $"{Writers}"]);
        await Eventually.Holds(() => process.HasExited || Acknowledged(process.Output).Count == Writers && process.Output.Count(letter => letter == (char)10) > lines, "writes were acknowledged");
        Assert.False(process.HasExited, process.Output);
        process.Signal("KILL");
        await Eventually.Holds(() => process.HasExited, "the process was killed");
        return Acknowledged(process.Output);
    }

    private static Dictionary<string, long> Acknowledged(string output)
    {
        var last = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in output.Split('\n').SkipLast(1).Select(line => line.Trim().Split(' ')).Where(parts => parts.Length == 2))
        {
            last[line[0]] = long.Parse(line[1], CultureInfo.InvariantCulture);
        }

        return last;
    }

    private static string Writer()
    {
        var output = Path.GetRelativePath(Path.Combine(Repository.Root, "tests", "OrleansMcp.Storage.Tests"), AppContext.BaseDirectory);
        return Path.Combine(Repository.Root, "tests", "OrleansMcp.Storage.Writer", output, "OrleansMcp.Storage.Writer.dll");
    }
}
