using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Library;

/// <summary>What of the SDK sessions in grains cannot honour is refused when the application starts, by name, and never ignored.</summary>
public sealed class RefusedOptionTests
{
    public static TheoryData<string, Action<WebApplicationBuilder>> Refused { get; } = new()
    {
        { "WithHttpTransport()", builder => builder.Services.AddMcpServer().WithHttpTransport() },
        { "A transport of its own", builder => builder.Services.AddMcpServer().WithStdioServerTransport() },
        { "McpServerOptions.ProtocolVersion", Option(options => options.ProtocolVersion = "2025-11-25") },
        {
            "McpServerOptions.Capabilities.Experimental",
            Option(options => options.Capabilities = new() { Experimental = new Dictionary<string, object> { ["x"] = new JsonObject() } })
        },
        { "McpServerOptions.InitializationTimeout", Option(options => options.InitializationTimeout = TimeSpan.FromSeconds(1)) },
        { "McpServerOptions.KnownClientInfo", Option(options => options.KnownClientInfo = new() { Name = "x", Version = "1" }) },
        {
            "McpServerOptions.Capabilities.Extensions",
            Option(options => options.Capabilities = new() { Extensions = new Dictionary<string, object> { ["x"] = new JsonObject() } })
        },
        { "McpServerOptions.KnownClientCapabilities", Option(options => options.KnownClientCapabilities = new()) },
        { "McpServerOptions.ScopeRequests", Option(options => options.ScopeRequests = false) },
        { "McpServerOptions.RequestHandlers", Option(options => options.RequestHandlers = [new() { Method = "x", Handler = static (_, _) => default }]) },
        { "McpServerOptions.Handlers.CallToolHandler", Handler(handlers => handlers.CallToolHandler = static (_, _) => default) },
        { "McpServerOptions.Handlers.CallToolWithAlternateHandler", Handler(handlers => handlers.CallToolWithAlternateHandler = static (_, _) => default) },
        { "McpServerOptions.Handlers.ListToolsHandler", Handler(handlers => handlers.ListToolsHandler = static (_, _) => default) },
        { "McpServerOptions.Handlers.ListPromptsHandler", Handler(handlers => handlers.ListPromptsHandler = static (_, _) => default) },
        { "McpServerOptions.Handlers.GetPromptHandler", Handler(handlers => handlers.GetPromptHandler = static (_, _) => default) },
        { "McpServerOptions.Handlers.ListResourcesHandler", Handler(handlers => handlers.ListResourcesHandler = static (_, _) => default) },
        { "McpServerOptions.Handlers.ListResourceTemplatesHandler", Handler(handlers => handlers.ListResourceTemplatesHandler = static (_, _) => default) },
        { "McpServerOptions.Handlers.ReadResourceHandler", Handler(handlers => handlers.ReadResourceHandler = static (_, _) => default) },
        { "McpServerOptions.Handlers.SubscribeToResourcesHandler", Handler(handlers => handlers.SubscribeToResourcesHandler = static (_, _) => default) },
        { "McpServerOptions.Handlers.UnsubscribeFromResourcesHandler", Handler(handlers => handlers.UnsubscribeFromResourcesHandler = static (_, _) => default) },
        { "McpServerOptions.Handlers.SubscriptionsListenHandler", Handler(handlers => handlers.SubscriptionsListenHandler = static (_, _) => default) },
        { "McpServerOptions.Handlers.SetLoggingLevelHandler", Handler(handlers => handlers.SetLoggingLevelHandler = static (_, _) => default) },
        { "McpServerOptions.Handlers.NotificationHandlers", Handler(handlers => handlers.NotificationHandlers = []) },
        { "McpServerOptions.Filters.Message.IncomingFilters", Option(options => options.Filters.Message.IncomingFilters.Add(next => next)) },
        { "McpServerOptions.Filters.Message.OutgoingFilters", Option(options => options.Filters.Message.OutgoingFilters.Add(next => next)) },
        { "'http' takes an HttpContext", builder => builder.Services.AddMcpServer().WithTools<HttpTools>() },
        { "'accessor' takes an HttpContext", builder => builder.Services.AddHttpContextAccessor().AddMcpServer().WithTools<AccessorTools>() },
        { "'guarded' has [Authorize] and nothing enforces it", builder => builder.Services.AddMcpServer().WithTools<GuardedTools>() },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void It_is_refused_by_name(string name, Action<WebApplicationBuilder> compose) =>
        Assert.StartsWith($"{name}: not supported", LibraryServer.Refusal<McpOptionException>(compose).Message, StringComparison.Ordinal);

    private static Action<WebApplicationBuilder> Handler(Action<McpServerHandlers> set) => Option(options => set(options.Handlers));

    private static Action<WebApplicationBuilder> Option(Action<McpServerOptions> set) => builder => builder.Services.AddMcpServer(set);

    [McpServerToolType]
    private sealed class HttpTools
    {
        [McpServerTool(Name = "http")]
        public static string Http(HttpContext context) => context.TraceIdentifier;
    }

    [McpServerToolType]
    private sealed class AccessorTools(IHttpContextAccessor accessor)
    {
        [McpServerTool(Name = "accessor")]
        public string Accessor() => accessor.HttpContext!.TraceIdentifier;
    }

    [McpServerToolType]
    private sealed class GuardedTools
    {
        [McpServerTool(Name = "guarded"), Authorize]
        public static string Guarded() => "done";
    }
}
