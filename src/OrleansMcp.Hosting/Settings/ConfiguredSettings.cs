using OrleansMcp.Configuration.Names;

namespace OrleansMcp.Hosting.Settings;

/// <summary>Settings in the section <c>OrleansMcp</c> of an application's configuration, called as on the command line; hyphens may be left out.</summary>
internal static class ConfiguredSettings
{
    private const string Section = "OrleansMcp";

    /// <summary>Adds what is wrong with the names to <paramref name="errors"/>.</summary>
    public static IEnumerable<KeyValuePair<Setting, string?>> In(IConfiguration application, List<string> errors)
    {
        var found = new List<KeyValuePair<Setting, string?>>();
        foreach (var given in application.GetSection(Section).GetChildren())
        {
            var name = WithoutHyphens(given.Key);
            if (KnownSettings.All.FirstOrDefault(setting => WithoutHyphens(setting.Name) == name) is { } setting)
            {
                found.Add(KeyValuePair.Create(setting, given.Value));
                continue;
            }

            var nearest = NearestName.Of(name, KnownSettings.All.Select(setting => WithoutHyphens(setting.Name)));
            errors.Add($"The configuration key {Section}:{given.Key} is not a setting{(nearest is null ? "" : $"; {Section}:{nearest} is")}.");
        }

        return found;
    }

    private static string WithoutHyphens(string name) => name.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}
