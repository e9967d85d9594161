using System.ComponentModel;
using ModelContextProtocol.Server;
using OrleansMcp.Tools;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>Tools that change what the server offers while clients are listening.</summary>
[McpServerToolType]
internal sealed class CatalogueTools(Catalogue catalogue)
{
    [McpServerTool(Name = "test_trigger_tool_change"), Description("Adds a tool.")]
    public string ChangeTools()
    {
        catalogue.Put(McpServerTool.Create(
            () => "I came later.",
            new McpServerToolCreateOptions { Name = "test_late_tool", Description = "A tool that was added while the server ran." }));
        return "The tools have changed.";
    }

    [McpServerTool(Name = "test_trigger_prompt_change"), Description("Adds a prompt.")]
    public string ChangePrompts()
    {
        catalogue.Put(McpServerPrompt.Create(
            () => "I came later.",
            new McpServerPromptCreateOptions { Name = "test_late_prompt", Description = "A prompt that was added while the server ran." }));
        return "The prompts have changed.";
    }
}
