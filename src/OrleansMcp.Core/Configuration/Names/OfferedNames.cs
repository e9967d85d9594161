using System.Collections.Frozen;
using ModelContextProtocol.Server;
using OrleansMcp.Authorization;
using OrleansMcp.Tools;

namespace OrleansMcp.Configuration.Names;

/// <summary>The names of what a server offers, as they were at one moment: what permissions, policies and rules for the cache may name.</summary>
public sealed class OfferedNames
{
    private readonly McpServerResource[] _resources;

    internal OfferedNames(string server, IEnumerable<string> tools, IEnumerable<string> prompts, IEnumerable<McpServerResource> resources)
    {
        Server = server;
        Tools = tools.ToFrozenSet(StringComparer.Ordinal);
        Prompts = prompts.ToFrozenSet(StringComparer.Ordinal);
        _resources = [.. resources];
        Resources = [.. _resources.Select(static resource => resource.ProtocolResourceTemplate.UriTemplate)];
    }

    /// <summary>The server's own name, as policies call it.</summary>
    public string Server { get; }

    /// <summary>The tools, with those that open and close sessions of sessionless clients.</summary>
    public IReadOnlySet<string> Tools { get; }

    /// <summary>The prompts.</summary>
    public IReadOnlySet<string> Prompts { get; }

    /// <summary>The URIs and URI templates of the resources.</summary>
    public IReadOnlyCollection<string> Resources { get; }

    /// <summary>What a catalogue offers now.</summary>
    public static OfferedNames Of(Catalogue catalogue) => new(
        catalogue.ServerInfo.Name,
        catalogue.Tools.All.Select(static entry => entry.Name).Concat([SessionHandles.OpenTool, SessionHandles.CloseTool]),
        catalogue.Prompts.Keys, catalogue.Resources.Values);

    /// <summary>Whether a resource has this URI, or a template could yield it.</summary>
    internal bool HasResource(string uri) => Array.Exists(_resources, resource => resource.IsMatch(uri));

    /// <summary>Whether a resource has a URI that begins so, or a template could yield one.</summary>
    internal bool HasResourceBelow(string beginning) => Resources.Any(template => TemplateReach.CanBegin(template, beginning));
}
