using System.Collections.Concurrent;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Run;

/// <summary>The tools that clients turned out to have no permission for, so that they are not tried again and again.</summary>
internal sealed class Denials
{
    private readonly ConcurrentDictionary<(DrillClient Client, string Tool, bool OnPeers), string> _missing = new();

    /// <param name="client">The client.</param>
    /// <param name="tool">The tool that it may not use.</param>
    /// <param name="onPeers">Whether that is so in namespaces of others alone.</param>
    /// <param name="permission">The permission that it lacks.</param>
    public void Add(DrillClient client, string tool, bool onPeers, string permission) => _missing[(client, tool, onPeers)] = permission;

    /// <summary>Whether the client may not use the tool at all.</summary>
    public bool Has(DrillClient client, string tool) => _missing.ContainsKey((client, tool, false));

    /// <summary>Whether the client may not use one of the tools in namespaces of others.</summary>
    public bool HasOnPeers(DrillClient client, IEnumerable<string> tools) =>
        tools.Any(tool => _missing.ContainsKey((client, tool, true)) || _missing.ContainsKey((client, tool, false)));
}
