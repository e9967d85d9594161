using ModelContextProtocol.Server;

namespace OrleansMcp.Tools;

/// <summary>
/// Which options of the SDK a session honours. The others would be ignored silently, so a server that sets one does not start; its error
/// names the option and what to do instead.
/// </summary>
internal static class HonouredOptions
{
    private const string Tools = "Register tools with the builder, or add them to ToolCollection.";
    private const string Prompts = "Register prompts with the builder, or add them to PromptCollection.";
    private const string Resources = "Register resources with the builder, or add them to ResourceCollection.";
    private const string Sessions = "The session answers it by itself.";

    /// <exception cref="McpOptionException">One is set that cannot be honoured.</exception>
    public static void Check(McpServerOptions options)
    {
        var (defaults, handlers, filters) = (new McpServerOptions(), options.Handlers, options.Filters);
        Refuse(options.ProtocolVersion is not null, nameof(options.ProtocolVersion), "Every revision is served, each to the clients that speak it.");
        Refuse(options.Capabilities?.Experimental is { Count: > 0 }, "Capabilities.Experimental", "No method beside the protocol's is served.");
        Refuse(options.Capabilities?.Extensions is { Count: > 0 }, "Capabilities.Extensions", "No method beside the protocol's is served.");
        Refuse(options.InitializationTimeout != defaults.InitializationTimeout, nameof(options.InitializationTimeout), "A session opens with one request.");
        Refuse(!options.ScopeRequests, nameof(options.ScopeRequests), "Each call has a scope of its own, whose services do not outlive it.");
        Refuse(options.KnownClientInfo is not null, nameof(options.KnownClientInfo), "Each client tells its own.");
        Refuse(options.KnownClientCapabilities is not null, nameof(options.KnownClientCapabilities), "Each client tells its own.");
        Refuse(options.RequestHandlers is { Count: > 0 }, nameof(options.RequestHandlers), "Methods beside the protocol's are not served.");
        Refuse(handlers.ListToolsHandler is not null, Handler(nameof(handlers.ListToolsHandler)), Tools);
        Refuse(handlers.CallToolHandler is not null, Handler(nameof(handlers.CallToolHandler)), Tools);
        Refuse(handlers.CallToolWithAlternateHandler is not null, Handler(nameof(handlers.CallToolWithAlternateHandler)), Tools);
        Refuse(handlers.ListPromptsHandler is not null, Handler(nameof(handlers.ListPromptsHandler)), Prompts);
        Refuse(handlers.GetPromptHandler is not null, Handler(nameof(handlers.GetPromptHandler)), Prompts);
        Refuse(handlers.ListResourcesHandler is not null, Handler(nameof(handlers.ListResourcesHandler)), Resources);
        Refuse(handlers.ListResourceTemplatesHandler is not null, Handler(nameof(handlers.ListResourceTemplatesHandler)), Resources);
        Refuse(handlers.ReadResourceHandler is not null, Handler(nameof(handlers.ReadResourceHandler)), Resources);
        Refuse(handlers.SubscribeToResourcesHandler is not null, Handler(nameof(handlers.SubscribeToResourcesHandler)), Sessions);
        Refuse(handlers.UnsubscribeFromResourcesHandler is not null, Handler(nameof(handlers.UnsubscribeFromResourcesHandler)), Sessions);
        Refuse(handlers.SubscriptionsListenHandler is not null, Handler(nameof(handlers.SubscriptionsListenHandler)), Sessions);
        Refuse(handlers.SetLoggingLevelHandler is not null, Handler(nameof(handlers.SetLoggingLevelHandler)), Sessions);
        Refuse(handlers.NotificationHandlers is not null, Handler(nameof(handlers.NotificationHandlers)), "No handler outlives a call.");
        Refuse(filters.Message.IncomingFilters.Count > 0, "Filters.Message.IncomingFilters", "Use a request filter, which runs where the handler runs.");
        Refuse(filters.Message.OutgoingFilters.Count > 0, "Filters.Message.OutgoingFilters", "Use a request filter, which runs where the handler runs.");
    }

    private static string Handler(string name) => $"Handlers.{name}";

    private static void Refuse(bool isSet, string option, string instead)
    {
        if (isSet)
        {
            throw new McpOptionException($"McpServerOptions.{option}", instead);
        }
    }
}

/// <summary>Something of the C# SDK is used that sessions cannot honour. It would be ignored otherwise.</summary>
/// <param name="what">What it is, in the SDK's terms.</param>
/// <param name="instead">What to do instead, a sentence.</param>
public sealed class McpOptionException(string what, string instead) : NotSupportedException($"{what}: not supported by OrleansMcp. {instead}");
