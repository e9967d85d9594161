using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Protocol;
using OrleansMcp.Tools;
using OrleansMcp.Upstreams;
using OrleansMcp.Upstreams.Pins;

namespace OrleansMcp.Sessions.Upstreams;

/// <summary>
/// One server in a session: what it lists, read with the first use and again when it says that a list changed, or after a while.
/// </summary>
internal sealed class SessionServer(UpstreamSlot slot, WatchedResources watched, ToolPins pins, SharedDefinitions shared, SessionOwner owner, TimeProvider time)
{
    private readonly CachedList<UpstreamTools> _tools = new(time);
    private readonly CachedList<IReadOnlyDictionary<string, UpstreamPrompt>> _prompts = new(time);
    private readonly CachedList<IReadOnlyList<Resource>> _resources = new(time);
    private readonly CachedList<IReadOnlyList<ResourceTemplate>> _templates = new(time);

    public UpstreamConfiguration Configuration => slot.Server;

    public UpstreamSlot Slot => slot;

    /// <summary>The resources that the session watches.</summary>
    public WatchedResources Watched => watched;

    /// <summary>Its tools, if they were read a moment ago.</summary>
    public UpstreamTools? RecentTools => _tools.Recent;

    public ValueTask<UpstreamTools> ToolsAsync(IUpstreamExchange exchange, CancellationToken cancellationToken) =>
        _tools.GetAsync(() => ReadToolsAsync(exchange, cancellationToken), cancellationToken);

    public ValueTask<IReadOnlyDictionary<string, UpstreamPrompt>> PromptsAsync(IUpstreamExchange exchange, CancellationToken cancellationToken) =>
        _prompts.GetAsync(() => ReadPromptsAsync(exchange, cancellationToken), cancellationToken);

    public ValueTask<IReadOnlyList<Resource>> ResourcesAsync(IUpstreamExchange exchange, CancellationToken cancellationToken) =>
        _resources.GetAsync(() => ReadResourcesAsync(exchange, cancellationToken), cancellationToken);

    public ValueTask<IReadOnlyList<ResourceTemplate>> TemplatesAsync(IUpstreamExchange exchange, CancellationToken cancellationToken) =>
        _templates.GetAsync(() => ReadTemplatesAsync(exchange, cancellationToken), cancellationToken);

    /// <summary>The next who asks gets a list that is read anew.</summary>
    public void Forget(CatalogueList list)
    {
        switch (list)
        {
            case CatalogueList.Tools:
                _tools.Forget();
                break;
            case CatalogueList.Prompts:
                _prompts.Forget();
                break;
            default:
                _resources.Forget();
                _templates.Forget();
                break;
        }
    }

    private async Task<UpstreamTools> ReadToolsAsync(IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        pins.ThrowIfUnreadable(owner.Tenant, Configuration);
        if (!await HasAsync(static can => can.Tools is not null, exchange, cancellationToken))
        {
            return UpstreamTools.None;
        }

        var named = UpstreamTools.Name(Configuration, await ReadAsync(RequestMethods.ToolsList, "tools", exchange, cancellationToken));
        var withheld = await pins.JudgeAsync(owner, Configuration, named, cancellationToken);
        return UpstreamTools.Of(Configuration.Name, named, withheld, shared);
    }

    private async Task<IReadOnlyDictionary<string, UpstreamPrompt>> ReadPromptsAsync(IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        Dictionary<string, UpstreamPrompt> prompts = new(StringComparer.Ordinal);
        if (await HasAsync(static can => can.Prompts is not null, exchange, cancellationToken))
        {
            foreach (var prompt in Typed<Prompt>(await ReadAsync(RequestMethods.PromptsList, "prompts", exchange, cancellationToken)))
            {
                var (server, original) = (Configuration.Name, prompt.Name);
                prompt.Name = UpstreamNames.Of(server, original);
                prompt.Name = prompts.ContainsKey(prompt.Name) ? UpstreamNames.WithHash(server, original) : prompt.Name;
                prompts.TryAdd(prompt.Name, new UpstreamPrompt(server, original, prompt));
            }
        }

        return prompts;
    }

    private async Task<IReadOnlyList<Resource>> ReadResourcesAsync(IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        if (!await HasAsync(static can => can.Resources is not null, exchange, cancellationToken))
        {
            return [];
        }

        var resources = Typed<Resource>(await ReadAsync(RequestMethods.ResourcesList, "resources", exchange, cancellationToken));
        resources.ForEach(one => one.Uri = UpstreamUris.Of(Configuration.Name, one.Uri));
        return resources;
    }

    private async Task<IReadOnlyList<ResourceTemplate>> ReadTemplatesAsync(IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        if (!await HasAsync(static can => can.Resources is not null, exchange, cancellationToken))
        {
            return [];
        }

        try
        {
            var templates = Typed<ResourceTemplate>(await ReadAsync(RequestMethods.ResourcesTemplatesList, "resourceTemplates", exchange, cancellationToken));
            return [.. templates.Select(one => new ResourceTemplate
            {
                Name = one.Name, Title = one.Title, Description = one.Description, MimeType = one.MimeType, Annotations = one.Annotations, Icons = one.Icons, Meta = one.Meta,
                UriTemplate = UpstreamUris.Of(Configuration.Name, one.UriTemplate),
            })];
        }
        catch (UpstreamErrorException e) when (e.ErrorCode == RpcError.MethodNotFound)
        {
            return []; // Servers with resources may have no templates, and then may not know the method.
        }
    }

    private async ValueTask<bool> HasAsync(Func<ServerCapabilities, bool> has, IUpstreamExchange exchange, CancellationToken cancellationToken) =>
        has((await slot.OpenAsync(exchange, cancellationToken)).Greeting.Capabilities);

    private async Task<IReadOnlyList<JsonElement>> ReadAsync(string method, string member, IUpstreamExchange exchange, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Configuration.OpenTimeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await UpstreamLists.ReadAsync(Configuration, method, member, request => slot.RequestAsync(request, exchange, both.Token));
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new UpstreamException(Configuration.Name, UpstreamFault.Unavailable, $"did not answer {method} in time.", e);
        }
    }

    /// <summary>The entries that are what they should be; a server that lists others as well is not refused for it.</summary>
    private static List<T> Typed<T>(IReadOnlyList<JsonElement> entries) where T : class
    {
        List<T> typed = [];
        foreach (var entry in entries)
        {
            try
            {
                if (entry.Deserialize(Wire.Type<T>()) is { } one)
                {
                    typed.Add(one);
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
            {
                // Not one of the protocol's.
            }
        }

        return typed;
    }
}
