using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions;
using OrleansMcp.Upstreams;

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
/// Everything the server offers, shared by all sessions; a session sees of it what it may. It is what the C# SDK's builder and options hold,
/// and follows their collections: reading takes no lock, and every change replaces the list it concerns.
/// </summary>
public sealed class Catalogue
{
    private readonly Lock _changing = new(); // one change at a time
    private volatile ToolSet _tools = new([]);
    private volatile ImmutableDictionary<string, McpServerPrompt> _prompts = ImmutableDictionary<string, McpServerPrompt>.Empty;
    private volatile ImmutableDictionary<string, McpServerResource> _resources = ImmutableDictionary<string, McpServerResource>.Empty;
    private volatile Completions? _completions;
    private readonly ConditionalWeakTable<IMcpServerPrimitive, HandlerConduct> _conducts = [];
    private readonly HandlerConduct _ofCompletions = new();

    /// <summary>Reads the options, and follows their collections from now on.</summary>
    /// <param name="options">What <c>AddMcpServer()</c> and its builder were given.</param>
    /// <param name="caching">What clients are told about caching lists; null for the defaults.</param>
    /// <exception cref="ToolNameException">A tool has a name that clients refuse.</exception>
    /// <exception cref="McpOptionException">An option is set that this server cannot honour.</exception>
    public Catalogue(McpServerOptions options, ListCaching? caching = null)
    {
        HonouredOptions.Check(options);
        Options = options;
        Caching = caching ?? new();
        ServerInfo = options.ServerInfo ?? NameOf(Assembly.GetEntryAssembly()?.GetName());
        Follow(options.ToolCollection ??= [], CatalogueList.Tools, tools => _tools = new ToolSet(tools));
        Follow(options.PromptCollection ??= [], CatalogueList.Prompts, prompts => _prompts = prompts.ToImmutableDictionary(
            prompt => prompt.ProtocolPrompt.Name, StringComparer.Ordinal));
        Follow(options.ResourceCollection ??= [], CatalogueList.Resources, resources => _resources = resources.ToImmutableDictionary(
            resource => resource.ProtocolResourceTemplate.UriTemplate, StringComparer.Ordinal));
    }

    /// <summary>Raised after a list changed; sessions tell their clients.</summary>
    public event Action<CatalogueList>? Changed;

    /// <summary>What the catalogue is made of. Tools, prompts and resources may be added to its collections, and removed, at any time.</summary>
    public McpServerOptions Options { get; }

    internal ToolSet Tools => _tools;

    /// <summary>How the calls of a prompt or resource treat their thread; null: those of completions.</summary>
    internal HandlerConduct ConductOf(IMcpServerPrimitive? handler) => handler is null ? _ofCompletions : _conducts.GetOrCreateValue(handler);

    internal ImmutableDictionary<string, McpServerPrompt> Prompts => _prompts;

    internal ImmutableDictionary<string, McpServerResource> Resources => _resources;

    /// <summary>Answers <c>completion/complete</c>; null when there is nothing to complete.</summary>
    internal Completions? Completions => _completions;

    internal Implementation ServerInfo { get; }

    internal ListCaching Caching { get; }

    /// <summary>The argument in which a 2026-07-28 call of <paramref name="tool"/> may name an explicit session handle; null when it may name none.</summary>
    public string? HandleArgumentOf(string tool) => _tools.Find(tool) is { } own ? own.HandleArgument
        : UpstreamNames.ServerOf(tool) is null ? null
        : SessionHandles.ArgumentOfServers;

    /// <summary>
    /// Whether a message whose answer was lost may be delivered again under the same name (<see cref="PostOptions.Delivery"/>) without doing
    /// anything twice: every message but calls of tools that may have effects outside the session's state.
    /// </summary>
    public bool MayRedeliver(McpMessage message) => message.Method != Methods.ToolsCall || FindTool(message)?.IsRedeliverable == true;

    /// <summary>Whether the client may send a message again whose outcome is unknown, without doing anything twice.</summary>
    public bool MayRepeat(McpMessage message) => message.Method != Methods.ToolsCall || FindTool(message)?.IsRepeatable(message) == true;

    /// <summary>
    /// The parameters of <paramref name="tool"/> that travel as <c>Mcp-Param-{name}</c> headers as well (2026-07-28,
    /// <c>x-mcp-header</c>); empty for an unknown tool.
    /// </summary>
    public IReadOnlyList<HeaderParameter> HeaderParameters(string tool) => _tools.Find(tool)?.HeaderParameters ?? [];

    private ToolEntry? FindTool(McpMessage call) =>
        call.Params.ValueKind == JsonValueKind.Object && call.Params.TryGetProperty("name"u8, out var name) && name.ValueKind == JsonValueKind.String
            ? _tools.Find(name.GetString()!)
            : null;

    /// <summary>
    /// Takes over a collection now and after each of its changes. One that cannot be offered throws to the code that made the change, and the
    /// list that was offered before stays until the collection is in order.
    /// </summary>
    private void Follow<T>(McpServerPrimitiveCollection<T> collection, CatalogueList list, Action<IEnumerable<T>> take) where T : IMcpServerPrimitive
    {
        Take();
        collection.Changed += (_, _) =>
        {
            Take();
            Changed?.Invoke(list);
        };

        void Take()
        {
            lock (_changing)
            {
                take(collection);
                _completions = Completions.For(Options.Handlers.CompleteHandler, this);
            }
        }
    }

    /// <summary>As the SDK names a server that was given no name.</summary>
    private static Implementation NameOf(AssemblyName? assembly) =>
        new() { Name = assembly?.Name ?? "OrleansMcp", Version = assembly?.Version?.ToString() ?? "1.0.0" };
}
