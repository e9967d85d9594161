using System.CommandLine;
using System.Globalization;
using Azure;
using Azure.Identity;
using OrleansMcp.Configuration;
using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Server.Commands;

/// <summary>
/// A command that works on a store: told which as the server is, and runs beside a server or alone. What is wrong with the store is one line.
/// </summary>
internal static class StoreCommand
{
    /// <summary>Gives the command the options of the store and what it does.</summary>
    /// <param name="command">The command.</param>
    /// <param name="misfortune">The exit code when the store cannot be used.</param>
    /// <param name="run">What it does.</param>
    public static Command On(this Command command, int misfortune, Func<ServerSettings, ParseResult, CancellationToken, Task<int>> run)
    {
        var options = SettingOptions.AddTo(command, KnownSettings.OfStore);
        command.SetAction(async (result, cancellationToken) =>
        {
            try
            {
                return await run(SettingsReader.ReadStore(options.In(result)), result, cancellationToken);
            }
            catch (SettingsException e)
            {
                return result.Fail(e.Message, ExitCode.Misused);
            }
            catch (Exception e) when (Describe(e) is { } problem)
            {
                return result.Fail(problem, misfortune);
            }
        });
        return command;
    }

    public static int Fail(this ParseResult result, string message, int code)
    {
        result.InvocationConfiguration.Error.WriteLine(message);
        return code;
    }

    /// <summary>Why a store cannot be used, in one line; null when the exception says something else.</summary>
    private static string? Describe(Exception e) => e switch
    {
        IOException or UnauthorizedAccessException or ConfigurationException => e.Message,
        RequestFailedException { Status: 404 } => "There is nothing of that kind in these tables yet.",
        RequestFailedException { Status: not 0 } refused =>
            string.Create(CultureInfo.InvariantCulture, $"The tables refuse to be read: {refused.Status} {refused.ErrorCode}"),
        RequestFailedException or AggregateException or AuthenticationFailedException => $"The tables cannot be reached: {e.Message.Split('\n', 2)[0].Trim()}",
        _ => null,
    };
}
