using ModelContextProtocol.Protocol;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>Questions to the client's model.</summary>
internal static class Samples
{
    public static CreateMessageRequestParams Of(string prompt, int maxTokens) => new()
    {
        Messages = [new SamplingMessage { Role = Role.User, Content = [new TextContentBlock { Text = prompt }] }],
        MaxTokens = maxTokens,
    };

    public static string Text(CreateMessageResult answer) =>
        answer.Content.OfType<TextContentBlock>().FirstOrDefault()?.Text ?? "(no text)";
}
