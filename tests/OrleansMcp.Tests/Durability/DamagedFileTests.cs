using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Durability;

public sealed class DamagedFileTests
{
    [Theory]
    [InlineData("cut")]
    [InlineData("changed")]
    [InlineData("empty")]
    [InlineData("foreign")]
    [InlineData("text")]
    public async Task A_damaged_file_loses_its_session_alone(string damage)
    {
        using var folder = new ScratchFolder();
        await using var server = await TestServer.StartAsync(new TestServerOptions { DataFolder = folder.Path });
        using var lost = await server.Client().OpenAsync();
        await lost.IncrementAsync();
        var file = SessionFiles(folder).Single();
        using var kept = await server.Client().OpenAsync();
        await kept.IncrementAsync(41);
        var other = SessionFiles(folder).Single(one => one != file);

        await server.StopAsync();
        Damage(file, other, damage);
        await server.StartAgainAsync();

        (await lost.CallAsync("increment")).Expect(System.Net.HttpStatusCode.NotFound);
        (await lost.CallAsync("increment")).Expect(System.Net.HttpStatusCode.NotFound);
        Assert.Equal(42, await kept.IncrementAsync());
        Assert.Single(Directory.GetFiles(Path.Combine(folder.Path, "lost")));
    }

    private static IEnumerable<string> SessionFiles(ScratchFolder folder) =>
        Directory.EnumerateFiles(Path.Combine(folder.Path, "sessions"), "*.session", SearchOption.AllDirectories);

    private static void Damage(string file, string other, string how)
    {
        var bytes = File.ReadAllBytes(file);
        switch (how)
        {
            case "cut":
                File.WriteAllBytes(file, bytes[..^10]);
                break;
            case "changed":
                bytes[^20] ^= 1;
                File.WriteAllBytes(file, bytes);
                break;
            case "empty":
                File.WriteAllBytes(file, []);
                break;
            case "foreign":
                File.Copy(other, file, overwrite: true);
                break;
            default:
                File.WriteAllText(file, "not a session\n");
                break;
        }
    }
}
