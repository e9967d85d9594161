using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Server;
using OrleansMcp.Server.Commands;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Drill;

/// <summary>The command, against a real server over HTTP.</summary>
public sealed class DrillCommandTests
{
    private const string Clean = "CLEAN: no cross-client effect in ";

    [Fact]
    public async Task A_drill_against_a_server_of_its_own_is_clean_and_checks_more_than_a_handful()
    {
        var (code, text) = await HoldAsync(seconds: 3);
        for (var seconds = 12; code != ExitCode.Failed && IsMeagre(text) && seconds < 200; seconds *= 4)
        {
            (code, text) = await HoldAsync(seconds); // On a busy machine it takes longer until enough has happened everywhere.
        }

        Assert.True(code == 0, text);
        Assert.False(IsMeagre(text), text);
        Assert.All(
            ["sessions", "session counters", "secrets", "client caches", "tenant caches", "upstream", "records", "grants", "forged ids", "tenants' sessions", "peers' sessions", "peers' records", "signals"],
            area => Assert.Contains(text.Split('\n'), line => line.StartsWith($"| {area} ", StringComparison.Ordinal) && line.EndsWith("| clean |", StringComparison.Ordinal)));
        Assert.All(
            ["cross_session_attempt", "cross_tenant_attempt", "forged_session_id", "cross_namespace_read", "cross_namespace_write"],
            signal => Assert.Contains($"Signal {signal}: ", text, StringComparison.Ordinal));
    }

    /// <summary>Whether fewer than 500 operations were checked, or too few of some area.</summary>
    private static bool IsMeagre(string text) => !text.Contains(Clean, StringComparison.Ordinal)
        || int.Parse(text[(text.IndexOf(Clean, StringComparison.Ordinal) + Clean.Length)..].Split(' ')[0], CultureInfo.InvariantCulture) < 500;

    private static async Task<(int Code, string Text)> HoldAsync(int seconds)
    {
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var code = await DrillCommand.RunAsync(
            new(Url: null, KeysFile: null, Clients: 8, seconds, Seed: 7, AttacksPerMinute: 20), output, TimeProvider.System, CancellationToken.None);
        return (code, output.ToString());
    }

    [Theory]
    [InlineData("--clients", "1")]
    [InlineData("--seconds", "0")]
    [InlineData("--attacks", "1")]
    [InlineData("--seconds", "many")]
    [InlineData("--url", "http://127.0.0.1:1")]
    [InlineData("--keys", "file")]
    [InlineData("--unheard-of", "1")]
    public async Task A_command_line_that_makes_no_sense_is_told_from_a_drill_that_failed(params string[] arguments) =>
        Assert.Equal(2, await Program.Main(["drill", .. arguments]));

    [Fact]
    public async Task A_server_that_is_not_there_is_no_clean_drill()
    {
        var keys = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(keys, "acme/alice one\nacme/bob two\n");

            var time = new FakeTimeProvider();
            var drill = DrillCommand.RunAsync(
                new(new Uri("http://127.0.0.1:1"), keys, Clients: null, Seconds: 1, Seed: null, AttacksPerMinute: 20), TextWriter.Null, time, CancellationToken.None);
            await Eventually.Holds(PassAndLook, "the drill gave up");
            Assert.Equal(ExitCode.Inconclusive, await drill);

            bool PassAndLook()
            {
                time.Advance(TimeSpan.FromSeconds(2)); // until a client asks again
                return drill.IsCompleted;
            }
        }
        finally
        {
            File.Delete(keys);
        }
    }
}
