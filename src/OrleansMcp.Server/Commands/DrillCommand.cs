using System.CommandLine;
using OrleansMcp.Configuration;
using OrleansMcp.Server.Drill.Clients;
using OrleansMcp.Server.Drill.Report;
using OrleansMcp.Server.Drill.Servers;
using OrleansMcp.Server.Drill.Work;
using OrleansMcp.Server.Hosting;

namespace OrleansMcp.Server.Commands;

/// <summary><c>drill</c>: lets many clients work against a server, attack each other, and checks that none had any effect on another.</summary>
internal static class DrillCommand
{
    /// <summary>What the command line says.</summary>
    /// <param name="Url">The server; null for one of its own.</param>
    /// <param name="Keys">The keys of the clients of <paramref name="Url"/>.</param>
    /// <param name="Clients">How many clients; null for all that <paramref name="Keys"/> names, or 8.</param>
    /// <param name="Seconds">How long.</param>
    /// <param name="Seed">What each lane does; null for any.</param>
    /// <param name="AttacksPerMinute">How often a client may try, against a server that is not its own.</param>
    internal sealed record Settings(Uri? Url, string? Keys, int? Clients, int Seconds, int? Seed, int AttacksPerMinute);

    private const int DefaultClients = 8;
    private const int DefaultSeconds = 10;
    private const int LongestSeconds = 600;
    private const int MostClients = 1000;
    private const int DefaultAttacks = 20;

    public static Command Create()
    {
        var url = new Option<string?>("--url") { Description = "A running server. Default: one that is started for the drill." };
        var keys = new Option<string?>("--keys") { Description = "With --url: a file of lines 'tenant/client KEY', and 'operator KEY' for the signals." };
        var clients = new Option<int?>("--clients") { Description = $"How many clients. Default: {DefaultClients}, or all in the file." };
        var seconds = new Option<int>("--seconds") { Description = "How long, up to 600.", DefaultValueFactory = _ => DefaultSeconds };
        var seed = new Option<int?>("--seed") { Description = "Decides what each client does, not how they interleave. Default: any." };
        var attacks = new Option<int>("--attacks")
        {
            Description = "With --url: how many attacks a client tries a minute; the server may shut out who tries more.", DefaultValueFactory = _ => DefaultAttacks,
        };
        var drill = new Command("drill", "Holds an isolation drill. Exit code 0: clean, 1: not clean or not held, 2: not asked for rightly.")
        {
            url, keys, clients, seconds, seed, attacks,
        };
        drill.SetAction((result, cancellationToken) =>
        {
            Uri? server = null;
            return result.GetValue(url) is { } text && !Uri.TryCreate(text, UriKind.Absolute, out server)
                ? FailAsync("--url must be a URL such as http://127.0.0.1:5080.", ExitCode.Misused)
                : RunAsync(
                    new Settings(
                        server, result.GetValue(keys), result.GetValue(clients), result.GetValue(seconds), result.GetValue(seed), result.GetValue(attacks)),
                    Console.Out, TimeProvider.System, cancellationToken);
        });
        return drill;
    }

    internal static async Task<int> RunAsync(Settings settings, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Problem(settings) is { } problem)
        {
            return await FailAsync(problem, ExitCode.Misused);
        }

        try
        {
            return settings.Url is { } url
                ? await HoldAsync(settings, Running(settings, url), output, time, cancellationToken)
                : await HoldOnOwnAsync(settings, output, time, cancellationToken);
        }
        catch (Exception e) when (e is FormatException || (e is IOException or UnauthorizedAccessException && settings.Keys is not null))
        {
            return await FailAsync($"--keys: {e.Message}", ExitCode.Misused);
        }
        catch (Exception e) when (e is DrillException or ConfigurationException or StartRefusedException or IOException or UnauthorizedAccessException)
        {
            return await FailAsync(e.Message, ExitCode.Failed);
        }
    }

    private static string? Problem(Settings settings) => settings switch
    {
        { Seconds: < 1 or > LongestSeconds } => $"--seconds must be from 1 to {LongestSeconds}.",
        { AttacksPerMinute: < 1 } => "--attacks must be 1 or more.",
        { Url: null, Keys: not null } => "--keys are those of a running server: give --url too.",
        { Url: not null, Keys: null } => "--url needs --keys: a configuration holds hashes of keys only.",
        { Url: { Scheme: not ("http" or "https") } } => "--url must be http or https.",
        { Url: null, Clients: < OwnServer.FewestClients or > MostClients } => $"--clients must be from {OwnServer.FewestClients} to {MostClients}.",
        { Clients: < 2 } => "--clients must be 2 or more.",
        _ => null,
    };

    private static DrillServer Running(Settings settings, Uri url)
    {
        var (keys, operatorKey) = KeysFile.Parse(File.ReadLines(settings.Keys!));
        return new DrillServer(url, keys, operatorKey);
    }

    private static async Task<int> HoldOnOwnAsync(Settings settings, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var own = await OwnServer.StartAsync(settings.Clients ?? DefaultClients, cancellationToken);
        return await HoldAsync(settings with { AttacksPerMinute = int.MaxValue }, own.Server, output, time, cancellationToken);
    }

    private static async Task<int> HoldAsync(
        Settings settings, DrillServer server, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        using var target = new HttpTarget(server.Url, server.Keys, server.OperatorKey);
        var plan = new DrillPlan([.. server.Keys.Keys.Take(settings.Clients ?? int.MaxValue)], settings.Seed ?? Random.Shared.Next(1_000_000))
        {
            Duration = TimeSpan.FromSeconds(settings.Seconds),
            AttacksPerMinute = settings.AttacksPerMinute,
        };
        var history = await new DrillRun(plan, target, time).RunAsync(cancellationToken);
        var report = new DrillReport(plan, history);
        report.WriteTo(output);
        return report.IsClean ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<int> FailAsync(string message, int code)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }
}
