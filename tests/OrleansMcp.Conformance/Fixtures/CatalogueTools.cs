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
        Offer(catalogue.Options.ToolCollection!, McpServerTool.Create(
            () => "I came later.",
            new McpServerToolCreateOptions { Name = "test_late_tool", Description = "A tool that was added while the server ran." }));
        return "The tools have changed.";
    }

    [McpServerTool(Name = "test_trigger_prompt_change"), Description("Adds a prompt.")]
    public string ChangePrompts()
    {
        Offer(catalogue.Options.PromptCollection!, McpServerPrompt.Create(
            () => "I came later.",
            new McpServerPromptCreateOptions { Name = "test_late_prompt", Description = "A prompt that was added while the server ran." }));
        return "The prompts have changed.";
    }

    /// <summary>The suite asks for the same change more than once.</summary>
    private static void Offer<T>(McpServerPrimitiveCollection<T> collection, T added) where T : IMcpServerPrimitive
    {
        if (collection.TryGetPrimitive(added.Id, out var former))
        {
            collection.Remove(former);
        }

        collection.Add(added);
    }
}
