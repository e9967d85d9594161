using System.Collections.Frozen;
using System.Text.Json;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Tools;
using OrleansMcp.Upstreams;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>The tools of one server as it listed them to one session.</summary>
internal sealed class UpstreamTools
{
    private readonly FrozenDictionary<string, ToolEntry> _offered;
    private readonly FrozenDictionary<string, ToolWithholding> _withheld;

    private UpstreamTools(FrozenDictionary<string, ToolEntry> offered, FrozenDictionary<string, ToolWithholding> withheld) => (_offered, _withheld) = (offered, withheld);

    public static UpstreamTools None { get; } = new(FrozenDictionary<string, ToolEntry>.Empty, FrozenDictionary<string, ToolWithholding>.Empty);

    /// <summary>The tools that are offered.</summary>
    public IEnumerable<ToolEntry> Offered => _offered.Values;

    public ToolEntry? Find(string name) => _offered.GetValueOrDefault(name);

    /// <summary>Why a tool that the server has is not offered; null when it is, or there is none.</summary>
    public ToolWithholding? WhyWithheld(string name) => _withheld.GetValueOrDefault(name);

    /// <param name="server">The server's name.</param>
    /// <param name="named">What it lists, by the names here.</param>
    /// <param name="withheld">Why definitions may not be used, by the names here.</param>
    /// <param name="shared">The definitions of the process.</param>
    public static UpstreamTools Of(
        string server, IReadOnlyList<NamedDefinition> named, IReadOnlyDictionary<string, ToolWithholding> withheld, SharedDefinitions shared) => new(
            named.Where(one => !withheld.ContainsKey(one.Name)).ToFrozenDictionary(static one => one.Name, one => shared.Share(server, one.Name, one.Definition), StringComparer.Ordinal),
            withheld.ToFrozenDictionary(StringComparer.Ordinal));

    /// <summary>Names the tools that a server lists, and leaves out what is no tool, or is not to be offered.</summary>
    public static IReadOnlyList<NamedDefinition> Name(UpstreamConfiguration server, IEnumerable<JsonElement> listed) =>
        [.. Named(server.Name, listed.Select(ToolDefinition.Read).OfType<ToolDefinition>().Where(one => server.Offers(one.Tool.Name)))
            .DistinctBy(static one => one.Name, StringComparer.Ordinal)];

    /// <summary>
    /// The names of tools here. Where two would have the same, the one that the server calls so keeps it, and the others end in a hash. A tool that the
    /// server lists twice is listed once.
    /// </summary>
    private static IEnumerable<NamedDefinition> Named(string server, IEnumerable<ToolDefinition> definitions)
    {
        foreach (var alike in definitions.DistinctBy(static one => one.Tool.Name, StringComparer.Ordinal).GroupBy(one => UpstreamNames.Of(server, one.Tool.Name), StringComparer.Ordinal))
        {
            var isAlone = alike.Take(2).Count() == 1;
            foreach (var one in alike)
            {
                yield return new(isAlone || alike.Key == UpstreamNames.PrefixOf(server) + one.Tool.Name ? alike.Key : UpstreamNames.WithHash(server, one.Tool.Name), one);
            }
        }
    }
}

/// <summary>A tool of another server.</summary>
/// <param name="Name">What it is called here.</param>
/// <param name="Definition">What the server says of it.</param>
internal readonly record struct NamedDefinition(string Name, ToolDefinition Definition);
