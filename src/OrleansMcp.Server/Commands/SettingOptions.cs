using System.CommandLine;
using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Server.Commands;

/// <summary>Settings as options of a command. What they mean is the business of <see cref="SettingsReader"/>, which reads the environment too.</summary>
internal sealed class SettingOptions
{
    private readonly IReadOnlyList<(Setting Setting, Option<string?> Option)> _options;

    private SettingOptions(IEnumerable<Setting> settings) => _options = [.. settings.Select(setting => (setting, Create(setting)))];

    public static SettingOptions AddTo(Command command, IEnumerable<Setting> settings)
    {
        var added = new SettingOptions(settings);
        foreach (var (_, option) in added._options)
        {
            command.Options.Add(option);
        }

        return added;
    }

    /// <summary>What the command line says; null where it is silent.</summary>
    public IEnumerable<KeyValuePair<Setting, string?>> In(ParseResult result) =>
        _options.Select(one => KeyValuePair.Create(one.Setting, ValueOf(one.Option, result)));

    // One that was given wrongly is told by the parser; here it counts as not given.
    private static string? ValueOf(Option<string?> option, ParseResult result) =>
        result.GetResult(option) is { } given && !given.Errors.Any() ? result.GetValue(option) : null;

    private static Option<string?> Create(Setting setting) => new(setting.Option) { Description = setting.Description, HelpName = "VALUE" };
}
