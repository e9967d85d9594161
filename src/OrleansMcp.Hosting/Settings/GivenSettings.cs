using System.Collections;
using OrleansMcp.Configuration.Names;

namespace OrleansMcp.Hosting.Settings;

/// <summary>What the settings were given as: text, from the command line or, where that is silent, from the environment. Blank is not given.</summary>
internal sealed class GivenSettings
{
    private readonly Dictionary<Setting, string> _values = [];

    /// <summary>Adds what is wrong with the names to <paramref name="errors"/>: a misspelt setting would otherwise be ignored silently.</summary>
    public GivenSettings(IEnumerable<KeyValuePair<Setting, string?>> commandLine, IDictionary environment, ICollection<string> errors)
    {
        foreach (DictionaryEntry variable in environment)
        {
            var name = (string)variable.Key;
            if (name.StartsWith(Setting.Prefix, StringComparison.OrdinalIgnoreCase))
            {
                Read(name, (string?)variable.Value, errors);
            }
        }

        foreach (var (setting, value) in commandLine.Where(one => !string.IsNullOrWhiteSpace(one.Value)))
        {
            _values[setting] = value!.Trim();
        }
    }

    /// <summary>What counts where nothing was given.</summary>
    public void Default(Setting setting, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            _values.TryAdd(setting, value.Trim());
        }
    }

    public string? this[Setting setting] => _values.GetValueOrDefault(setting);

    public bool Has(Setting setting) => _values.ContainsKey(setting);

    private void Read(string name, string? value, ICollection<string> errors)
    {
        if (string.IsNullOrWhiteSpace(value))
        {
            return;
        }

        if (KnownSettings.All.FirstOrDefault(setting => setting.Variable.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } setting)
        {
            _values[setting] = value.Trim();
            return;
        }

        var nearest = NearestName.Of(name[Setting.Prefix.Length..].ToUpperInvariant(), KnownSettings.All.Select(setting => setting.Variable[Setting.Prefix.Length..]));
        errors.Add($"The environment variable {name} is not a setting{(nearest is null ? "" : $"; {Setting.Prefix}{nearest} is")}.");
    }
}
