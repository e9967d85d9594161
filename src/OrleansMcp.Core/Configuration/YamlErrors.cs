using OrleansMcp.Authorization.Policies;
using OrleansMcp.Configuration.Names;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Configuration;

/// <summary>
/// Collects mistakes with their place in the file, and the names in it that can be judged only when all of it is read
/// (<see cref="KnownNames"/>).
/// </summary>
internal sealed class YamlErrors(string file)
{
    private readonly List<ConfigurationError> _all = [];
    private readonly List<ConfigurationError> _warnings = [];
    private readonly List<NameUse> _names = [];

    /// <summary>The file as it was given.</summary>
    public string File => file;

    public IReadOnlyList<ConfigurationError> All => InOrder(_all);

    /// <summary>What is probably a mistake, but could be meant.</summary>
    public IReadOnlyList<ConfigurationError> Warnings => InOrder(_warnings);

    /// <summary>The names of things that must exist elsewhere.</summary>
    public IReadOnlyList<NameUse> Names => _names;

    public void Add(YamlNode node, string key, string message) => Add(node.Start.Line, key, message);

    public void Add(long line, string key, string message) => Add(new ConfigurationError(file, line, key, message), isWarning: false);

    public void Warn(long line, string key, string message) => Add(new ConfigurationError(file, line, key, message), isWarning: true);

    public void Add(ConfigurationError error, bool isWarning) =>
        (isWarning ? _warnings : _all).Add(error with { Key = LookAlike.Visible(error.Key) });

    /// <summary>Notes a name to be judged later.</summary>
    /// <param name="kind">What it is the name of.</param>
    /// <param name="node">Where it is.</param>
    /// <param name="key">The path of keys to it.</param>
    /// <param name="text">The name, or the pattern.</param>
    /// <param name="mayBePattern">Whether <c>*</c> in it stands for any characters.</param>
    /// <param name="scopes">The scopes that it stands in.</param>
    public void Name(NameKind kind, YamlNode node, string key, string text, bool mayBePattern = true, params IReadOnlyList<PolicyScope> scopes) =>
        _names.Add(new NameUse(kind, new(text), new(file, node.Start.Line, key, ""), mayBePattern, scopes));

    /// <summary>Takes over the mistakes found in another file.</summary>
    public void Include(IEnumerable<ConfigurationError> others) => _all.AddRange(others);

    /// <summary>Takes over what was found in another file.</summary>
    public void Include(YamlErrors other)
    {
        _all.AddRange(other._all);
        _warnings.AddRange(other._warnings);
        _names.AddRange(other._names);
    }

    private ConfigurationError[] InOrder(List<ConfigurationError> found) =>
        [.. found.OrderBy(error => error.File == file ? "" : error.File, StringComparer.Ordinal).ThenBy(error => error.Line)];
}
