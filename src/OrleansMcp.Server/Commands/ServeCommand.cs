using System.CommandLine;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using OrleansMcp.Configuration;
using OrleansMcp.Server.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Server.Commands;

/// <summary><c>serve</c>, which is also what the program does without a sub-command.</summary>
internal static class ServeCommand
{
    private const int Failed = 1;
    private const int Refused = 2;

    private static readonly Option<string?> s_config = new("--config") { Description = "The configuration file. Default: the bundled demo configuration." };
    private static readonly Option<string?> s_urls = new("--urls") { Description = $"Addresses to listen on. Default: {ServerSettings.DefaultUrl}." };
    private static readonly Option<string?> s_data = new("--data") { Description = $"The data folder. Default: {ServerSettings.DefaultDataFolder}." };

    public static Command AddServing(this Command command)
    {
        command.Options.Add(s_config);
        command.Options.Add(s_urls);
        command.Options.Add(s_data);
        command.SetAction((result, cancellationToken) => RunAsync(
            new ServerSettings(result.GetValue(s_config), result.GetValue(s_urls), result.GetValue(s_data)), cancellationToken));
        return command;
    }

    internal static async Task<int> RunAsync(ServerSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = ServerHost.Build(settings);
            await app.StartAsync(cancellationToken);
            Banner.Write(Console.Out, settings, app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses);
            await app.WaitForShutdownAsync(cancellationToken);
            return 0;
        }
        catch (Exception e) when (e is StartRefusedException or ToolNameException)
        {
            return await FailAsync(e.Message, Refused);
        }
        catch (ConfigurationException e)
        {
            return await FailAsync(e.Message, Failed);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException or FormatException or InvalidOperationException)
        {
            // Port in use, folder locked or not writable, an address that is none: told in one line.
            return await FailAsync(e.Message, Failed);
        }
    }

    private static async Task<int> FailAsync(string message, int code)
    {
        await Console.Error.WriteLineAsync(message);
        return code;
    }
}
