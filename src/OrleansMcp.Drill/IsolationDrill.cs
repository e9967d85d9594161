using OrleansMcp.Drill.Report;
using OrleansMcp.Drill.Run;
using OrleansMcp.Drill.Targets;
using OrleansMcp.Drill.Upstreams;

namespace OrleansMcp.Drill;

/// <summary>Lets many clients work on a server and attack each other, and checks that none had an effect on another.</summary>
/// <param name="settings">What to hold the drill with.</param>
/// <param name="start">Starts the server when <paramref name="settings"/> name none.</param>
/// <param name="time">Ends the run, and paces attacks and idle sessions.</param>
public sealed class IsolationDrill(DrillSettings settings, StartServer start, TimeProvider time)
{
    /// <summary>Runs the drill and writes its report.</summary>
    /// <param name="output">Receives the report.</param>
    /// <param name="cancellationToken">Gives up the run.</param>
    /// <returns>What the run says of the server.</returns>
    /// <exception cref="DrillException">A client could not open a session, or its key is another client's.</exception>
    /// <exception cref="FormatException">The file of keys cannot be read; the message names the line, never its contents.</exception>
    public async Task<DrillVerdict> RunAsync(TextWriter output, CancellationToken cancellationToken)
    {
        if (settings.Url is { } url)
        {
            var (keys, operatorKey) = KeysFile.Parse(File.ReadLines(settings.KeysFile!));
            return await RunAsync(new DrillServer(url, keys, operatorKey), upstream: null, settings.AttacksPerMinute, output, cancellationToken);
        }

        await using var upstream = await DrillUpstream.StartAsync(cancellationToken);
        var configuration = DrillConfiguration.For(settings.Clients ?? DrillSettings.DefaultClients, upstream.Url);
        await using var server = await start(configuration.Yaml, cancellationToken);
        return await RunAsync(new DrillServer(server.Url, configuration.Keys, configuration.OperatorKey), upstream, int.MaxValue, output, cancellationToken);
    }

    private async Task<DrillVerdict> RunAsync(
        DrillServer server, DrillUpstream? upstream, int attacksPerMinute, TextWriter output, CancellationToken cancellationToken)
    {
        using var target = new HttpTarget(server);
        var plan = new DrillPlan([.. server.Keys.Keys.Take(settings.Clients ?? int.MaxValue)], settings.Seed ?? Random.Shared.Next(1_000_000))
        {
            Duration = TimeSpan.FromSeconds(settings.Seconds),
            AttacksPerMinute = attacksPerMinute,
        };
        var history = await new DrillRun(plan, target, time).RunAsync(cancellationToken);
        if (upstream is not null)
        {
            history = history with { UpstreamLeft = await upstream.LeftAsync(time, cancellationToken) };
        }

        var report = new DrillReport(plan, history);
        report.WriteTo(output);
        return report.Verdict;
    }
}
