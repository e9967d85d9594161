using System.CommandLine;
using OrleansMcp.Configuration;
using OrleansMcp.Drill;
using OrleansMcp.Hosting;

namespace OrleansMcp.Server.Commands;

/// <summary><c>drill</c>: lets many clients work against a server, attack each other, and checks that none had any effect on another.</summary>
internal static class DrillCommand
{
    private const int DefaultSeconds = 10;
    private const int LongestSeconds = 600;
    private const int MostClients = 1000;
    private const int DefaultAttacks = 20;

    public static Command Create()
    {
        var url = new Option<string?>("--url") { Description = "A running server. Default: one that is started for the drill." };
        var keys = new Option<string?>("--keys") { Description = "With --url: a file of lines 'tenant/client KEY', and 'operator KEY' for the signals." };
        var clients = new Option<int?>("--clients") { Description = $"How many clients. Default: {DrillSettings.DefaultClients}, or all in the file." };
        var seconds = new Option<int>("--seconds") { Description = "How long, up to 600; clients whose quotas are used up wait for them besides, up to a minute before and after.", DefaultValueFactory = _ => DefaultSeconds };
        var seed = new Option<int?>("--seed") { Description = "Decides what each client does, not how they interleave. Default: any." };
        var attacks = new Option<int>("--attacks")
        {
            Description = "With --url: how many requests for what is another's a client sends a minute; the server throttles who sends more.", DefaultValueFactory = _ => DefaultAttacks,
        };
        var drill = new Command("drill", "Holds an isolation drill. Exit code 0: clean, 1: not clean, 2: not asked for rightly, 3: inconclusive or not held.")
        {
            url, keys, clients, seconds, seed, attacks,
        };
        drill.SetAction((result, cancellationToken) =>
        {
            Uri? server = null;
            return result.GetValue(url) is { } text && !Uri.TryCreate(text, UriKind.Absolute, out server)
                ? FailAsync("--url must be a URL such as http://127.0.0.1:5080.", ExitCode.Misused)
                : RunAsync(
                    new DrillSettings(
                        server, result.GetValue(keys), result.GetValue(clients), result.GetValue(seconds), result.GetValue(seed), result.GetValue(attacks)),
                    Console.Out, TimeProvider.System, cancellationToken);
        });
        return drill;
    }

    internal static async Task<int> RunAsync(DrillSettings settings, TextWriter output, TimeProvider time, CancellationToken cancellationToken)
    {
        if (Problem(settings) is { } problem)
        {
            return await FailAsync(problem, ExitCode.Misused);
        }

        try
        {
            return await new IsolationDrill(settings, TemporaryServer.StartAsync, time).RunAsync(output, cancellationToken) switch
            {
                DrillVerdict.Clean => ExitCode.Done,
                DrillVerdict.NotClean => ExitCode.Failed,
                _ => ExitCode.Inconclusive,
            };
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return await FailAsync("The drill was given up before it was over; nothing can be said of the server.", ExitCode.Inconclusive);
        }
        catch (Exception e) when (e is FormatException || (e is IOException or UnauthorizedAccessException && settings.KeysFile is not null))
        {
            return await FailAsync($"--keys: {e.Message}", ExitCode.Misused);
        }
        catch (Exception e) when (e is DrillException or ConfigurationException or StartRefusedException or IOException or UnauthorizedAccessException)
        {
            return await FailAsync(e.Message, ExitCode.Inconclusive);
        }
    }

    private static string? Problem(DrillSettings settings) => settings switch
    {
        { Seconds: < 1 or > LongestSeconds } => $"--seconds must be from 1 to {LongestSeconds}.",
        { AttacksPerMinute: < 2 } => "--attacks must be 2 or more: an attack is compared with what the same request gets for what does not exist.",
        { Url: null, KeysFile: not null } => "--keys are those of a running server: give --url too.",
        { Url: not null, KeysFile: null } => "--url needs --keys: a configuration holds hashes of keys only.",
        { Url: { Scheme: not ("http" or "https") } } => "--url must be http or https.",
        { Url: null, Clients: < DrillSettings.FewestClients or > MostClients } => $"--clients must be from {DrillSettings.FewestClients} to {MostClients}.",
        { Clients: < 2 } => "--clients must be 2 or more.",
        _ => null,
    };

    private static async Task<int> FailAsync(string message, int code)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }
}
