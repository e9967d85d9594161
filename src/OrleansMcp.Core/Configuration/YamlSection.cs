using System.Globalization;
using OrleansMcp.Configuration.Names;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Configuration;

/// <summary>
/// A mapping of the file while it is read. Readers ask for keys by name; <see cref="RejectUnknown"/> reports the others. A mistake is
/// reported with its position, and a harmless value is returned, so that one reading finds all mistakes.
/// </summary>
internal sealed class YamlSection
{
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly YamlMappingNode _node;
    private readonly string _path;
    private readonly YamlErrors _errors;

    private YamlSection(YamlMappingNode node, string path, YamlErrors errors) => (_node, _path, _errors) = (node, path, errors);

    public YamlNode Node => _node;

    public static YamlSection? Of(YamlNode node, string path, YamlErrors errors)
    {
        if (node is YamlMappingNode mapping)
        {
            return new YamlSection(mapping, path, errors);
        }

        errors.Add(node, path, "must be a mapping of keys to values.");
        return null;
    }

    /// <summary>All entries, for a mapping whose keys are names.</summary>
    public IEnumerable<YamlEntry> Entries()
    {
        foreach (var (key, value) in _node.Children)
        {
            var name = (key as YamlScalarNode)?.Value;
            if (string.IsNullOrEmpty(name))
            {
                _errors.Add(key, _path, "a key must be plain text.");
            }
            else
            {
                _known.Add(name);
                yield return new YamlEntry(name, value, PathOf(name), key);
            }
        }
    }

    public YamlSection? Section(string key) => Find(key) is { } node ? Of(node, PathOf(key), _errors) : null;

    public IEnumerable<(YamlNode Node, string Path)> Items(string key)
    {
        if (Find(key) is not { } node)
        {
            return [];
        }

        if (node is YamlSequenceNode sequence)
        {
            return sequence.Children.Select((child, index) => (child, string.Create(CultureInfo.InvariantCulture, $"{PathOf(key)}[{index}]")));
        }

        _errors.Add(node, PathOf(key), "must be a list.");
        return [];
    }

    /// <summary>A list of texts.</summary>
    public List<string> Texts(string key, Func<string, bool> isGood, string otherwise) => Texts(key, isGood, _ => otherwise);

    /// <summary>A list of texts; <paramref name="otherwise"/> says what is wrong with one.</summary>
    public List<string> Texts(string key, Func<string, bool> isGood, Func<string, string> otherwise)
    {
        List<string> texts = [];
        foreach (var (node, path) in Items(key))
        {
            if (node is YamlScalarNode { Value: { } text } && isGood(text))
            {
                texts.Add(text);
            }
            else
            {
                _errors.Add(node, path, otherwise((node as YamlScalarNode)?.Value ?? ""));
            }
        }

        return texts;
    }

    /// <summary>A mapping of names to texts; null when it is not there.</summary>
    public Dictionary<string, string>? Map(string key, Func<string, bool> isGood, Func<string, string> otherwise)
    {
        if (Section(key) is not { } section)
        {
            return null;
        }

        Dictionary<string, string> map = new(StringComparer.Ordinal);
        foreach (var (name, _, _) in section.Entries())
        {
            if (section.Text(name, isGood, otherwise) is { } text)
            {
                map[name] = text;
            }
        }

        return map;
    }

    /// <summary>A text; null when it is not there.</summary>
    public string? Text(string key, Func<string, bool> isGood, string otherwise) => Text(key, isGood, _ => otherwise);

    /// <summary>A text; null when it is not there. <paramref name="otherwise"/> says what is wrong with it.</summary>
    public string? Text(string key, Func<string, bool> isGood, Func<string, string> otherwise)
    {
        if (Scalar(key) is not { } scalar)
        {
            return null;
        }

        if (scalar.Value is { } text && isGood(text))
        {
            return text;
        }

        _errors.Add(scalar, PathOf(key), otherwise(scalar.Value ?? ""));
        return null;
    }

    public int Integer(string key, int fallback, int least, int most) => (int)Long(key, fallback, least, most);

    public long Long(string key, long fallback, long least, long most)
    {
        if (Scalar(key) is not { } scalar)
        {
            return fallback;
        }

        if (long.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
        {
            return value;
        }

        _errors.Add(scalar, PathOf(key), string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {least} to {most}."));
        return fallback;
    }

    /// <summary>A whole number, or null where nothing is said.</summary>
    public long? LongOrNull(string key, long least, long most) => Scalar(key) is null ? null : Long(key, least, least, most);

    public TimeSpan Duration(string key, TimeSpan fallback, TimeSpan least, TimeSpan most)
    {
        if (Scalar(key) is not { } scalar)
        {
            return fallback;
        }

        if (Durations.TryParse(scalar.Value, out var value) && value >= least && value <= most)
        {
            return value;
        }

        _errors.Add(scalar, PathOf(key), $"must be a duration such as 30s, 15m or 24h, from {Durations.Format(least)} to {Durations.Format(most)}.");
        return fallback;
    }

    /// <summary>A moment with its offset from UTC (RFC 3339), or null where nothing is said.</summary>
    public DateTimeOffset? Moment(string key)
    {
        if (Scalar(key) is not { } scalar)
        {
            return null;
        }

        string[] forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];
        if (scalar.Value is { } text && (text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal))
            && DateTimeOffset.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment))
        {
            return moment.ToUniversalTime();
        }

        _errors.Add(scalar, PathOf(key), "must be a time with its offset, such as 2026-01-31T09:00:00Z.");
        return null;
    }

    public bool Flag(string key)
    {
        if (Scalar(key) is not { } scalar)
        {
            return false;
        }

        if (scalar.Value is not ("true" or "false"))
        {
            _errors.Add(scalar, PathOf(key), "must be true or false.");
        }

        return scalar.Value == "true";
    }

    /// <summary>A value of any shape; null when it is not there.</summary>
    public YamlNode? Any(string key) => Find(key);

    public YamlScalarNode? Scalar(string key)
    {
        if (Find(key) is not { } node)
        {
            return null;
        }

        if (node is YamlScalarNode scalar)
        {
            return scalar;
        }

        _errors.Add(node, PathOf(key), "must be a single value.");
        return null;
    }

    public YamlScalarNode? Required(string key)
    {
        var scalar = Scalar(key);
        if (Find(key) is null)
        {
            _errors.Add(_node, _path, $"needs the key '{key}'.");
        }

        return scalar;
    }

    public bool Has(string key) => _node.Children.ContainsKey(new YamlScalarNode(key));

    /// <summary>Reports the keys that no reader asked for.</summary>
    public void RejectUnknown()
    {
        foreach (var key in _node.Children.Keys)
        {
            var name = (key as YamlScalarNode)?.Value ?? "";
            if (!_known.Contains(name))
            {
                var nearest = NearestName.Of(name, _known) is { } meant ? $"Did you mean '{meant}'? " : "";
                _errors.Add(key, PathOf(name), $"unknown key. {nearest}Known here: {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
            }
        }
    }

    public string PathOf(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    private YamlNode? Find(string key)
    {
        _known.Add(key);
        return _node.Children.TryGetValue(new YamlScalarNode(key), out var node) ? node : null;
    }
}

/// <summary>An entry of a mapping whose keys are names.</summary>
/// <param name="Name">The key.</param>
/// <param name="Value">What it holds.</param>
/// <param name="Path">The path of keys to it.</param>
/// <param name="Key">Where the name is.</param>
internal readonly record struct YamlEntry(string Name, YamlNode Value, string Path, YamlNode Key)
{
    public void Deconstruct(out string name, out YamlNode value, out string path) => (name, value, path) = (Name, Value, Path);
}
