using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>Tools that answer with text, or fail to.</summary>
[McpServerToolType]
internal sealed class TextTools
{
    [McpServerTool(Name = "test_simple_text"), Description("Answers with one line of text.")]
    public static string SimpleText() => "This is a simple text response for testing.";

    [McpServerTool(Name = "test_error_handling"), Description("Always fails.")]
    public static string Fail() => throw new McpException("This tool intentionally returns an error for testing");

    [McpServerTool(Name = "test_header_tool"), Description("Takes a parameter that clients repeat in the header Mcp-Param-Region.")]
    public static string InRegion(
        [McpHeader("Region"), Description("Where to run the query.")] string region,
        [Description("The query.")] string query) => $"Executed in region {region}: {query}";
}
