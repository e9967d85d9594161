using System.CommandLine;
using System.Globalization;
using OrleansMcp.Configuration.Names;
using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Server.Commands;

/// <summary>
/// Says what is wrong with a command line. What is no option is told by its place and not repeated, because it may be half of a secret.
/// </summary>
internal static class WrongUsage
{
    public static int Tell(ParseResult parsed, string[] arguments, ServeCommand serve, TextWriter error)
    {
        var strange = parsed.UnmatchedTokens;
        foreach (var problem in parsed.Errors.Select(one => one.Message).Where(message => !strange.Any(token => message.Contains($"'{token}'", StringComparison.Ordinal))))
        {
            error.WriteLine(problem);
        }

        foreach (var token in strange)
        {
            error.WriteLine(Describe(token, parsed.CommandResult.Command, arguments));
        }

        if (serve.Is(parsed.CommandResult.Command))
        {
            TellSettings(serve, parsed, error);
        }

        return ExitCode.Misused;
    }

    private static string Describe(string token, Command command, string[] arguments)
    {
        var place = Array.FindLastIndex(arguments, argument => argument.StartsWith(token, StringComparison.Ordinal)) + 1;
        var name = token.Split('=', 2)[0];
        if (!IsName(name))
        {
            return string.Create(CultureInfo.InvariantCulture, $"Argument {place} is not understood.");
        }

        var names = command.Options.Select(option => option.Name).Concat(command.Subcommands.Select(one => one.Name));
        return $"There is no '{name}'{(NearestName.Of(name, names) is { } nearest ? $"; did you mean '{nearest}'?" : ".")} See --help.";
    }

    private static bool IsName(string token) => token.Length < 30 && token.All(letter => char.IsAsciiLetterLower(letter) || letter == '-');

    // Mistakes of the command line and of the environment are told together.
    private static void TellSettings(ServeCommand serve, ParseResult parsed, TextWriter error)
    {
        try
        {
            serve.Read(parsed);
        }
        catch (SettingsException e)
        {
            error.WriteLine(e.Message);
        }
    }
}
