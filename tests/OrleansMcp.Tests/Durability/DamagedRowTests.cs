using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Hostile;

namespace OrleansMcp.Tests.Durability;

/// <summary>Rows that somebody or something changed: loud, never served, never to anybody's gain.</summary>
public sealed class DamagedRowTests
{
    [Fact]
    public async Task Damaged_ledgers_grant_nothing_until_they_are_restored()
    {
        var (time, errors) = (new FakeTimeProvider(), new ErrorLog());
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Time = time,
            Configuration = TestConfiguration.With(quotas: new QuotaConfiguration()),
            Customise = builder => builder.Logging.AddProvider(errors),
        });
        using var client = await server.Client().OpenAsync();
        Assert.Equal("x", await client.CallTextAsync("echo", new { text = "x" }));
        await server.StopAsync();
        Assert.Equal(1, StoredRows.Change(server.DataFolder, "UPDATE ledgers SET content = CAST(content || 'x' AS BLOB) WHERE tenant = 'acme'"));
        await server.StartAgainAsync();
        var refused = await client.CallAsync("echo", new { text = "x" });
        Assert.True(refused.Status != HttpStatusCode.OK || refused.ToolFailed, refused.Text);
        Assert.Contains(errors.Entries, entry => entry.Contains("restore", StringComparison.Ordinal));
        using var other = await server.Client(TestConfiguration.Carol).OpenAsync();
        Assert.Equal("y", await other.CallTextAsync("echo", new { text = "y" }));
    }

    [Fact]
    public async Task What_an_ended_session_kept_is_nowhere_in_the_files()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        using var another = await server.Client().OpenAsync();
        await client.CallTextAsync("increment", new { by = 918273 });
        await another.CallTextAsync("increment", new { by = 645546 });
        (await client.DeleteAsync()).Expect(HttpStatusCode.OK);
        await server.StopAsync();
        var files = Directory.EnumerateFiles(server.DataFolder).Select(file => System.Text.Encoding.Latin1.GetString(File.ReadAllBytes(file))).ToList();
        Assert.All(files, file => Assert.DoesNotContain("918273", file, StringComparison.Ordinal));
        Assert.Contains(files, file => file.Contains("645546", StringComparison.Ordinal));
    }
}
