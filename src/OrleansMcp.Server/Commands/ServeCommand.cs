using System.CommandLine;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OrleansMcp.Configuration;
using OrleansMcp.Hosting;
using OrleansMcp.Hosting.Settings;
using OrleansMcp.Tools;

namespace OrleansMcp.Server.Commands;

/// <summary><c>serve</c>, which is also what the program does without a sub-command.</summary>
internal sealed class ServeCommand
{
    private readonly Dictionary<Command, SettingOptions> _options = [];

    /// <summary>Makes the command one that serves.</summary>
    public T AddTo<T>(T command)
        where T : Command
    {
        _options[command] = SettingOptions.AddTo(command, KnownSettings.All);
        command.SetAction((result, cancellationToken) => RunAsync(result, cancellationToken));
        return command;
    }

    public bool Is(Command command) => _options.ContainsKey(command);

    /// <summary>The settings of a command that serves.</summary>
    /// <exception cref="SettingsException">They cannot be used.</exception>
    public ServerSettings Read(ParseResult parsed) => SettingsReader.Read(_options[parsed.CommandResult.Command].In(parsed));

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        try
        {
            return await ServeAsync(Read(parsed), output, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Done; // Told to stop while it was starting.
        }
        catch (Exception e) when (e is SettingsException or StartRefusedException or ToolNameException)
        {
            await error.WriteLineAsync(e.Message);
            return ExitCode.Misused;
        }
        catch (Exception e) when (e is ConfigurationException or IOException or UnauthorizedAccessException or InvalidDataException or InvalidOperationException)
        {
            // Port in use, folder locked or not writable, a damaged store: told in one line.
            await error.WriteLineAsync(e.Message);
            return ExitCode.Failed;
        }
    }

    private static async Task<int> ServeAsync(ServerSettings settings, TextWriter output, CancellationToken cancellationToken)
    {
        ListenAddress.RefuseTaken(settings.Urls);
        await using var app = ServerHost.Build(settings);
        await app.StartAsync(cancellationToken);
        if (!settings.LogsJson)
        {
            Banner.Write(output, settings, app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses);
        }

        await app.WaitForShutdownAsync(cancellationToken);
        return app.Services.GetRequiredService<ProcessFault>().Reason is { } reason ? throw new IOException(reason) : ExitCode.Done;
    }
}
