using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Hosting;

/// <summary>Resources of several forms.</summary>
[McpServerResourceType]
internal sealed class TestResources
{
    [McpServerResource(UriTemplate = "vault://one", Name = "one")]
    public static string One() => "the first";

    [McpServerResource(UriTemplate = "vault://two", Name = "two")]
    public static string Two() => "the second";

    [McpServerResource(UriTemplate = "vault://files/{+path}", Name = "files")]
    public static string File([AllowedValues("open/a", "closed/b")] string path) => $"file {path}";
}

/// <summary>Prompts with something to complete.</summary>
[McpServerPromptType]
internal sealed class TestPrompts
{
    [McpServerPrompt(Name = "test_hello"), Description("Greets.")]
    public static string Hello([AllowedValues("world", "moon")] string whom) => $"Hello {whom}";

    [McpServerPrompt(Name = "test_plan"), Description("Plans.")]
    public static string Plan([AllowedValues("escape", "return")] string what) => $"Plan the {what}";
}

/// <summary>Tools that lead elsewhere.</summary>
[McpServerToolType]
internal sealed class LinkTools
{
    [McpServerTool(Name = "test_link"), Description("Links to a resource.")]
    public static ResourceLinkBlock Link(string uri) => new() { Uri = uri, Name = "linked" };

    [McpServerTool(Name = "test_may"), Description("Tells whether its session may.")]
    public static string May(ISessionContext session, PermissionKind kind, string name) =>
        session.Permissions.Allows(kind, name) ? "yes" : "no";
}

/// <summary>Offers them.</summary>
internal static class ResourceCatalogue
{
    public static IMcpServerBuilder WithTestResources(this IMcpServerBuilder server) =>
        server.WithTools<LinkTools>().WithResources<TestResources>().WithPrompts<TestPrompts>();
}
