using System.Net;
using Microsoft.Extensions.Logging;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Hostile;

namespace OrleansMcp.Tests.Durability;

/// <summary>Damage to several files at once, of every kind: loud, and for nobody but the sessions whose files they are.</summary>
public sealed class LostSessionTests
{
    private static readonly Action<string, byte[], string>[] s_damages =
    [
        (file, bytes, _) => File.WriteAllBytes(file, bytes[..(bytes.Length / 2)]),
        (file, bytes, _) => File.WriteAllBytes(file, [.. bytes, 0]),
        (file, bytes, _) => File.WriteAllBytes(file, new byte[bytes.Length]),
        (file, bytes, _) => File.WriteAllBytes(file, [.. bytes[..^1], (byte)(bytes[^1] ^ 0x20)]),
        (file, bytes, _) => File.WriteAllBytes(file, [(byte)(bytes[0] ^ 1), .. bytes[1..]]),
        (file, bytes, _) => File.WriteAllBytes(file, [.. Enumerable.Repeat((byte)'x', 1 << 20)]),
        (file, _, neighbour) => File.Copy(neighbour, file, overwrite: true),
        (file, _, neighbour) => File.WriteAllText(file, File.ReadAllText(neighbour).Replace(
            Path.GetFileNameWithoutExtension(neighbour), Path.GetFileNameWithoutExtension(file), StringComparison.Ordinal)),
    ];

    [Fact]
    public async Task Damaged_and_foreign_files_lose_their_sessions_alone_and_loudly()
    {
        using var folder = new ScratchFolder();
        var errors = new ErrorLog();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            DataFolder = folder.Path,
            Customise = builder => builder.Logging.AddProvider(errors),
        });
        var (neighbour, neighboursFile) = await OpenAsync(server, folder);
        var lost = new List<(RawClient Client, string File)>();
        foreach (var _ in s_damages)
        {
            lost.Add(await OpenAsync(server, folder));
        }

        await server.StopAsync();
        foreach (var (damage, victim) in s_damages.Zip(lost))
        {
            damage(victim.File, await File.ReadAllBytesAsync(victim.File), neighboursFile);
        }

        await server.StartAgainAsync();
        Assert.Equal(42, await neighbour.IncrementAsync());
        foreach (var (client, file) in lost)
        {
            (await client.CallAsync("increment")).Expect(HttpStatusCode.NotFound);
            (await client.GetAsync(change: request => request.Headers.TryAddWithoutValidation("Accept", "text/event-stream"))).Expect(HttpStatusCode.NotFound);
            (await client.DeleteAsync()).Expect(HttpStatusCode.NotFound);
            var key = Path.GetFileNameWithoutExtension(file);
            Assert.Contains(errors.Entries, entry => entry.Contains(key, StringComparison.Ordinal) && entry.Contains("LOST", StringComparison.Ordinal));
            Assert.True(File.Exists(Path.Combine(folder.Path, "lost", Path.GetFileName(file))), $"{file} was not put aside.");
            Assert.False(File.Exists(file));
            client.Dispose();
        }

        using var fresh = await server.Client().OpenAsync();
        Assert.Equal(1, await fresh.IncrementAsync());
        Assert.Equal(43, await neighbour.IncrementAsync());
        neighbour.Dispose();
    }

    private static async Task<(RawClient Client, string File)> OpenAsync(TestServer server, ScratchFolder folder)
    {
        var before = Files(folder);
        var client = await server.Client().OpenAsync();
        await client.IncrementAsync(41);
        return (client, Files(folder).Except(before, StringComparer.Ordinal).Single());
    }

    private static List<string> Files(ScratchFolder folder) =>
        [.. Directory.EnumerateFiles(Path.Combine(folder.Path, "sessions"), "*.session", SearchOption.AllDirectories)];
}
