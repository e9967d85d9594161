using System.Reflection;
using ModelContextProtocol.Server;

namespace OrleansMcp.Tests.Upstreams.Stock;

/// <summary>
/// Makes tools, prompts and resources of methods. The SDK's own extensions add them to the services and would offer again, with each request of
/// the sessionless era, what a test has taken away.
/// </summary>
internal static class StockPrimitives
{
    /// <summary>A name of 80 characters: allowed by the protocol, refused by many clients.</summary>
    public static readonly string LongName = new('n', 80);

    /// <summary>Tools whose names are strange, or become one and the same when a dot is replaced. Each answers with its name.</summary>
    public static IEnumerable<McpServerTool> OddTools => ((string[])["a.b", "a_b", LongName]).Select(name => NamedTool(name, "Has a strange name."));

    public static McpServerTool NamedTool(string name, string description) =>
        McpServerTool.Create(() => name, new McpServerToolCreateOptions { Name = name, Description = description });

    public static IEnumerable<McpServerTool> ToolsOf(object tools) =>
        Methods<McpServerToolAttribute>(tools.GetType()).Select(method => McpServerTool.Create(method, method.IsStatic ? null : tools));

    public static IEnumerable<McpServerPrompt> PromptsOf<T>() => Methods<McpServerPromptAttribute>(typeof(T)).Select(method => McpServerPrompt.Create(method));

    public static IEnumerable<McpServerResource> ResourcesOf<T>() =>
        Methods<McpServerResourceAttribute>(typeof(T)).Select(method => McpServerResource.Create(method));

    private static IEnumerable<MethodInfo> Methods<TAttribute>(Type type)
        where TAttribute : Attribute =>
        type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static).Where(method => method.IsDefined(typeof(TAttribute)));
}
