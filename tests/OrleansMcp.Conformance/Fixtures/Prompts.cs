using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using static ModelContextProtocol.Protocol.ElicitRequestParams;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>The prompts.</summary>
[McpServerPromptType]
internal sealed class Prompts
{
    [McpServerPrompt(Name = "test_simple_prompt"), Description("A prompt without arguments.")]
    public static string Simple() => "This is a simple prompt for testing.";

    [McpServerPrompt(Name = "test_prompt_with_arguments"), Description("A prompt with two arguments, the first of which completes.")]
    public static string WithArguments(
        [Description("First test argument"), AllowedValues("test-one", "test-two", "other")] string arg1,
        [Description("Second test argument")] string arg2) => $"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'";

    [McpServerPrompt(Name = "test_prompt_with_embedded_resource"), Description("A prompt that carries a resource.")]
    public static IEnumerable<PromptMessage> WithResource([Description("URI of the resource to embed")] string resourceUri) =>
    [
        FromUser(new EmbeddedResourceBlock
        {
            Resource = new TextResourceContents
            {
                Uri = resourceUri,
                MimeType = "text/plain",
                Text = "Embedded resource content for testing.",
            },
        }),
        FromUser(new TextContentBlock { Text = "Please process the embedded resource above." }),
    ];

    [McpServerPrompt(Name = "test_prompt_with_image"), Description("A prompt that carries an image.")]
    public static IEnumerable<PromptMessage> WithImage() =>
    [
        FromUser(ImageContentBlock.FromBytes(Media.RedPixel, Media.Png)),
        FromUser(new TextContentBlock { Text = "Please analyze the image above." }),
    ];

    [McpServerPrompt(Name = "test_input_required_result_prompt"), Description("A prompt that needs the user's input first.")]
    public static PromptMessage WithInput(RequestContext<GetPromptRequestParams> request) =>
        Answers.TryGet(request.Params.InputResponses, "user_context", InputResponse.ElicitResultJsonTypeInfo, out var answer)
            ? FromUser(new TextContentBlock { Text = $"Go on in this context: {Answers.Text(answer, "context")}" })
            : throw new InputRequiredException(new Dictionary<string, InputRequest>
            {
                ["user_context"] = InputRequest.ForElicitation(
                    Forms.Of("What context should the prompt use?", "context", new StringSchema())),
            });

    private static PromptMessage FromUser(ContentBlock content) => new() { Role = Role.User, Content = content };
}
