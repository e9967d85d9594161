using System.Text.Json.Nodes;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Tests.Drill.Model;

/// <summary>The records of one namespace, with all their versions.</summary>
internal sealed class ModelSpace
{
    private readonly SortedDictionary<string, List<(long Version, string? Value)>> _keys = new(StringComparer.Ordinal);

    public Dictionary<string, Access> Grants { get; } = new(StringComparer.Ordinal);

    /// <summary>The last version given.</summary>
    public long Clock { get; private set; }

    public long VersionOf(string key) => Find(key, Clock)?.Version ?? 0;

    public JsonObject? Get(string key, long snapshot) => Find(key, snapshot) is var (version, value)
        ? new() { ["key"] = key, ["value"] = JsonNode.Parse(value), ["version"] = version }
        : null;

    public IEnumerable<string> Keys(string prefix) => _keys.Keys.Where(key => key.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Gives one version to all of these; a null value deletes.</summary>
    public long Apply(IEnumerable<(string Key, string? Value)> writes)
    {
        Clock++;
        foreach (var (key, value) in writes)
        {
            if (!_keys.TryGetValue(key, out var versions))
            {
                _keys[key] = versions = [];
            }

            versions.Add((Clock, value));
        }

        return Clock;
    }

    /// <summary>Removes a version that was given, which no transaction may do (<see cref="Fault.DirtyRead"/>).</summary>
    public void TakeBack(long version)
    {
        foreach (var versions in _keys.Values)
        {
            versions.RemoveAll(one => one.Version == version);
        }
    }

    private (long Version, string Value)? Find(string key, long snapshot)
    {
        var found = _keys.TryGetValue(key, out var versions) ? versions.FindLast(one => one.Version <= snapshot) : default;
        return found.Value is null ? null : (found.Version, found.Value);
    }
}
