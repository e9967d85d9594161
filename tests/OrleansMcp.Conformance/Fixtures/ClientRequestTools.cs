using System.ComponentModel;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>Tools that ask the client for something in the middle of a call.</summary>
[McpServerToolType]
internal sealed class ClientRequestTools
{
    [McpServerTool(Name = "test_sampling"), Description("Asks the client's model.")]
    public static async Task<string> SampleAsync(
        McpServer server, [Description("What to ask the model.")] string prompt, CancellationToken cancellationToken)
    {
        var answer = await server.SampleAsync(Samples.Of(prompt, maxTokens: 100), cancellationToken);
        return $"LLM response: {Samples.Text(answer)}";
    }

    [McpServerTool(Name = "test_elicitation"), Description("Asks the user.")]
    public static async Task<string> ElicitAsync(
        McpServer server, [Description("What to ask the user.")] string message, CancellationToken cancellationToken)
    {
        var schema = new ElicitRequestParams.StringSchema { Description = "User's response" };
        return "User response: " + Forms.Describe(await server.ElicitAsync(Forms.Of(message, "response", schema), cancellationToken));
    }

    [McpServerTool(Name = "test_elicitation_sep1034_defaults"), Description("Asks the user with a default for every kind of field.")]
    public static async Task<string> ElicitWithDefaultsAsync(McpServer server, CancellationToken cancellationToken) =>
        Forms.Describe(await server.ElicitAsync(
            Forms.Of("Please review the defaults.", FormFields.WithDefaults), cancellationToken));

    [McpServerTool(Name = "test_elicitation_sep1330_enums"), Description("Asks the user with every kind of choice.")]
    public static async Task<string> ElicitChoicesAsync(McpServer server, CancellationToken cancellationToken) =>
        Forms.Describe(await server.ElicitAsync(Forms.Of("Please choose.", FormFields.Choices), cancellationToken));
}
