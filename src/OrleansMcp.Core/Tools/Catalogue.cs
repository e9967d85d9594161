using System.Collections.Immutable;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;

namespace OrleansMcp.Tools;

/// <summary>Which list of the catalogue changed.</summary>
public enum CatalogueList
{
    /// <summary>The tools.</summary>
    Tools,

    /// <summary>The prompts.</summary>
    Prompts,

    /// <summary>The resources and resource templates.</summary>
    Resources,
}

/// <summary>
/// Everything the server offers, shared by all sessions; a session sees of it what it may. Reading takes no lock: every change
/// replaces the list it concerns.
/// </summary>
public sealed class Catalogue
{
    private readonly Lock _changing = new();
    private volatile ToolSet _tools;
    private ImmutableDictionary<string, McpServerPrompt> _prompts;
    private ImmutableDictionary<string, McpServerResource> _resources;

    internal Catalogue(CatalogueBuilder builder)
    {
        _tools = new ToolSet(builder.Tools);
        _prompts = builder.Prompts.ToImmutableDictionary(prompt => prompt.ProtocolPrompt.Name, StringComparer.Ordinal);
        _resources = builder.Resources.ToImmutableDictionary(
            resource => resource.ProtocolResourceTemplate.UriTemplate, StringComparer.Ordinal);
        Completions = OrleansMcp.Tools.Completions.For(builder, this);
        ServerInfo = builder.Server;
        InstructionText = builder.InstructionText;
        TimeToLive = builder.TimeToLive;
        CacheScope = builder.Scope;
    }

    /// <summary>Raised after a list changed; sessions tell their clients.</summary>
    public event Action<CatalogueList>? Changed;

    internal ToolSet Tools => _tools;

    internal Completions? Completions { get; }

    internal Implementation ServerInfo { get; }

    internal string? InstructionText { get; }

    internal TimeSpan TimeToLive { get; }

    internal CacheScope CacheScope { get; }

    internal ImmutableDictionary<string, McpServerPrompt> Prompts => Volatile.Read(ref _prompts);

    internal ImmutableDictionary<string, McpServerResource> Resources => Volatile.Read(ref _resources);

    /// <summary>
    /// Whether a 2026-07-28 call of <paramref name="tool"/> may name an explicit session handle in its argument
    /// <see cref="SessionHandles.Argument"/>.
    /// </summary>
    public bool TakesHandle(string tool) => _tools.Find(tool)?.TakesHandle == true;

    /// <summary>
    /// Whether a message whose answer was lost may be delivered again under the same name (<see cref="PostOptions.Delivery"/>) without doing
    /// anything twice: every message but calls of tools that may have effects outside the session's state.
    /// </summary>
    public bool MayRedeliver(McpMessage message) => message.Method != Methods.ToolsCall
        || (message.Params.ValueKind == JsonValueKind.Object && message.Params.TryGetProperty("name"u8, out var name)
            && name.ValueKind == JsonValueKind.String && _tools.Find(name.GetString()!)?.IsRedeliverable == true);

    /// <summary>
    /// The parameters of <paramref name="tool"/> that travel as <c>Mcp-Param-{name}</c> headers as well (2026-07-28,
    /// <c>x-mcp-header</c>); empty for an unknown tool.
    /// </summary>
    public IReadOnlyList<HeaderParameter> HeaderParameters(string tool) => _tools.Find(tool)?.HeaderParameters ?? [];

    /// <summary>Adds a tool, or replaces the one of the same name.</summary>
    public void Put(McpServerTool tool) => Change(CatalogueList.Tools, () => _tools = _tools.With(tool));

    /// <summary>Removes a tool. Harmless when there is none of that name.</summary>
    public void RemoveTool(string name) => Change(CatalogueList.Tools, () => _tools = _tools.Without(name));

    /// <summary>Adds a prompt, or replaces the one of the same name.</summary>
    public void Put(McpServerPrompt prompt) =>
        Change(CatalogueList.Prompts, () => _prompts = _prompts.SetItem(prompt.ProtocolPrompt.Name, prompt));

    /// <summary>Removes a prompt. Harmless when there is none of that name.</summary>
    public void RemovePrompt(string name) => Change(CatalogueList.Prompts, () => _prompts = _prompts.Remove(name));

    /// <summary>Adds a resource or template, or replaces the one of the same URI (template).</summary>
    public void Put(McpServerResource resource) =>
        Change(CatalogueList.Resources, () => _resources = _resources.SetItem(resource.ProtocolResourceTemplate.UriTemplate, resource));

    /// <summary>Removes a resource or template. Harmless when there is none of that URI.</summary>
    public void RemoveResource(string uriTemplate) => Change(CatalogueList.Resources, () => _resources = _resources.Remove(uriTemplate));

    private void Change(CatalogueList list, Action change)
    {
        lock (_changing)
        {
            change();
        }

        Changed?.Invoke(list);
    }
}
