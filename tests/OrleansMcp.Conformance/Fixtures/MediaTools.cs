using System.ComponentModel;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>Tools that answer with something other than text.</summary>
[McpServerToolType]
internal sealed class MediaTools
{
    [McpServerTool(Name = "test_image_content"), Description("Answers with an image.")]
    public static ImageContentBlock Image() => ImageContentBlock.FromBytes(Media.RedPixel, Media.Png);

    [McpServerTool(Name = "test_audio_content"), Description("Answers with a sound.")]
    public static AudioContentBlock Audio() => AudioContentBlock.FromBytes(Media.Click, Media.Wav);

    [McpServerTool(Name = "test_embedded_resource"), Description("Answers with a resource.")]
    public static EmbeddedResourceBlock Resource() => new()
    {
        Resource = new TextResourceContents
        {
            Uri = "test://embedded-resource",
            MimeType = "text/plain",
            Text = "This is an embedded resource content.",
        },
    };

    [McpServerTool(Name = "test_multiple_content_types"), Description("Answers with text, an image and a resource.")]
    public static IEnumerable<ContentBlock> Mixed() =>
    [
        new TextContentBlock { Text = "Multiple content types test:" },
        ImageContentBlock.FromBytes(Media.RedPixel, Media.Png),
        new EmbeddedResourceBlock
        {
            Resource = new TextResourceContents
            {
                Uri = "test://mixed-content-resource",
                MimeType = "application/json",
                Text = """{"test":"data","value":123}""",
            },
        },
    ];
}
