using System.Globalization;
using OrleansMcp.Configuration;
using OrleansMcp.Drill;
using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Report;
using OrleansMcp.Drill.Run;
using OrleansMcp.Drill.Targets;
using OrleansMcp.Server.Commands;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Time;

namespace OrleansMcp.Tests.Drill;

/// <summary>The drill against servers that were not made for it: with the quotas that are the default, with tight ones, with wrong keys, and going away.</summary>
[Trait(Rounds.Trait, Rounds.MoreAtNight)]
public sealed class RunningServerTests
{
    /// <summary>Quotas are those of a minute, and the drill waits for the next one.</summary>
    private const int Times = 20;

    private static readonly QuotaConfiguration s_tight = new()
    {
        Sessions = 3, SessionsPerMinute = 20, CallsPerMinute = 40, RequestsPerMinute = 200, WritesPerMinute = 60, ConcurrentCalls = 2,
    };

    private static readonly Dictionary<DrillClient, string> s_keys = new()
    {
        [new("acme", "alice")] = TestConfiguration.Alice, [new("acme", "bob")] = TestConfiguration.Bob, [new("globex", "carol")] = TestConfiguration.Carol,
    };

    private readonly HurriedTime _time = new(Times);

    [Fact]
    public async Task A_server_of_default_quotas_is_clean_again_and_again_and_does_not_throttle_the_drill_for_its_attacks()
    {
        await using var server = await StartAsync(new QuotaConfiguration());
        for (var round = 1; round <= Rounds.Of(1, atNight: 4); round++)
        {
            var (code, text) = await HoldAsync(server, seconds: 60);
            Assert.True(round > 1 || !text.Contains("throttled", StringComparison.Ordinal), text); // two runs in a minute make attempts enough for that
            for (var seconds = 150; code == ExitCode.Inconclusive && seconds <= 600; seconds *= 2)
            {
                (code, text) = await HoldAsync(server, seconds); // On a busy machine it takes longer until enough has happened everywhere.
            }

            Assert.True(code == ExitCode.Done, text);
            Assert.Contains("| not checked: no client is offered drill__count", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_server_of_tight_quotas_is_found_no_fault_with_and_what_it_refused_is_told()
    {
        await using var server = await StartAsync(s_tight, new() { AttemptsPerMinute = 5 });
        for (var round = Rounds.Of(1, atNight: 4); round > 0; round--)
        {
            var (code, text) = await HoldAsync(server, seconds: 30);

            Assert.True(code is ExitCode.Done or ExitCode.Inconclusive, text);
            Assert.Contains("quota callsPerMinute", text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Two_drills_at_once_take_each_other_for_no_fault()
    {
        var (rounds, seconds) = (Rounds.Of(1, atNight: 4), Rounds.Of(10, atNight: 60));
        await using var server = await StartAsync(s_tight with { Sessions = 8, CallsPerMinute = 300 });
        for (var round = 0; round < rounds; round++)
        {
            foreach (var (code, text) in await Task.WhenAll(HoldAsync(server, seconds), HoldAsync(server, seconds)))
            {
                Assert.True(code is ExitCode.Done or ExitCode.Inconclusive, text);
            }
        }
    }

    [Fact]
    public async Task A_server_that_lets_clients_into_the_sessions_of_others_is_found_in_spite_of_its_quotas()
    {
        await using var server = await StartAsync(s_tight with { CallsPerMinute = 400 });
        using var http = new HttpTarget(new DrillServer(new Uri(server.Url, "/"), s_keys, OperatorKey: null));
        var report = await RunAsync(new OwnerlessTarget(http));

        Assert.Equal(DrillVerdict.NotClean, report.Verdict);
        Assert.Contains(report.Findings, finding => finding.Rule == AttackCheck.Succeeded);
    }

    [Fact]
    public async Task What_takes_a_permission_that_clients_lack_is_not_checked_and_the_permission_is_named()
    {
        var configuration = TestConfiguration.With();
        foreach (var (tenant, client) in new[] { ("acme", "alice"), ("acme", "bob"), ("globex", "carol") })
        {
            configuration = configuration.Permitting(tenant, client, "tool:*", "records:*:read", "toollog:*");
        }

        await using var server = await TestServer.StartAsync(new() { Configuration = configuration, Time = _time });
        using var http = new HttpTarget(new DrillServer(new Uri(server.Url, "/"), s_keys, OperatorKey: null));
        var report = await RunAsync(http);

        Assert.Equal(DrillVerdict.Inconclusive, report.Verdict);
        Assert.All([Areas.Records, Areas.Grants], area =>
            Assert.Contains("no permission records:*:write", report.Rows.Single(row => row.Area == area).Verdict, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_stops_midway_ends_the_drill_and_is_not_called_clean()
    {
        await using var server = await StartAsync(new QuotaConfiguration());
        var running = HoldAsync(server, seconds: 200);
        await Eventually.Holds(() => server.LiveActors >= 2 * s_keys.Count, "the clients work");
        await server.StopAsync();

        var (code, text) = await running;

        Assert.True(code == ExitCode.Inconclusive, text);
        Assert.Contains("The server stopped answering", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("acme/alice demo-alice\nglobex/carol wrong\n", "globex/carol could not open a session: credential refused (401).")]
    [InlineData("acme/alice demo-bob\nacme/bob demo-alice\n", "The server takes the key of acme/alice for one of acme/bob.")]
    public async Task A_key_that_is_not_the_clients_is_told_before_anything_is_tried(string keys, string problem)
    {
        await using var server = await StartAsync(new QuotaConfiguration());
        var error = await Assert.ThrowsAsync<DrillException>(async () =>
        {
            using var file = new KeysOnDisk(keys);
            await new IsolationDrill(Settings(server, file, seconds: 1), NoServer, _time).RunAsync(TextWriter.Null, TestContext.Current.CancellationToken);
        });

        Assert.StartsWith(problem, error.Message, StringComparison.Ordinal);
    }

    private Task<TestServer> StartAsync(QuotaConfiguration quotas, SignalConfiguration? signals = null) => TestServer.StartAsync(new()
    {
        Configuration = TestConfiguration.With(quotas: quotas) with { Signals = signals ?? new() }, Time = _time,
    });

    private async Task<(int Code, string Text)> HoldAsync(TestServer server, int seconds)
    {
        using var keys = new KeysOnDisk(string.Join('\n', s_keys.Select(one => $"{one.Key} {one.Value}")));
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        var code = await DrillCommand.RunAsync(Settings(server, keys, seconds), output, _time, TestContext.Current.CancellationToken);
        return (code, output.ToString());
    }

    /// <summary>A run of a few steps of each user, attacks among them.</summary>
    private async Task<DrillReport> RunAsync(IDrillTarget target)
    {
        var plan = new DrillPlan([.. s_keys.Keys], Seed: 7) { Duration = TimeSpan.FromMinutes(5), StepsPerUser = 25, AttacksPerMinute = 20 };
        return new DrillReport(plan, await new DrillRun(plan, target, _time).RunAsync(TestContext.Current.CancellationToken));
    }

    private static DrillSettings Settings(TestServer server, KeysOnDisk keys, int seconds) =>
        new(new Uri(server.Url, "/"), keys.Path, Clients: null, seconds, Seed: 7, AttacksPerMinute: 20);

    private static Task<ITemporaryServer> NoServer(string configuration, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("The drill has a server.");

    private sealed class KeysOnDisk : IDisposable
    {
        public KeysOnDisk(string keys) => File.WriteAllText(Path, keys);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }

    /// <summary>Serves each session to whoever names it, as the client that opened it.</summary>
    private sealed class OwnerlessTarget(IDrillTarget server) : IDrillTarget
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<string, DrillClient> _owners = new(StringComparer.Ordinal);

        public async Task<DrillReply> SendAsync(DrillRequest request, CancellationToken cancellationToken)
        {
            var owner = request.Session is { } session && _owners.TryGetValue(session, out var found) ? found : request.Client;
            var reply = await server.SendAsync(request with { Client = owner }, cancellationToken);
            if (reply.Session is { } opened)
            {
                _owners.TryAdd(opened, request.Client);
            }

            return reply;
        }

        public Task<SignalReading> SignalsAsync(CancellationToken cancellationToken) => server.SignalsAsync(cancellationToken);
    }
}
