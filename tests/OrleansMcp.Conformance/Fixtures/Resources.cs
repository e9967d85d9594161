using System.ComponentModel;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>The resources.</summary>
[McpServerResourceType]
internal sealed class Resources
{
    private const string Binary = "test://static-binary";

    [McpServerResource(UriTemplate = "test://static-text", Name = "Static text", MimeType = "text/plain"), Description("Text.")]
    public static string Text() => "This is the content of the static text resource.";

    [McpServerResource(UriTemplate = Binary, Name = "Static image", MimeType = Media.Png), Description("An image.")]
    public static BlobResourceContents Image() => BlobResourceContents.FromBytes(Media.RedPixel, Binary, Media.Png);

    [McpServerResource(UriTemplate = "test://watched-resource", Name = "Watched", MimeType = "text/plain"), Description("Can be subscribed to.")]
    public static string Watched() => "Watched resource content";

    [McpServerResource(UriTemplate = "test://template/{id}/data", Name = "Template", MimeType = "application/json"), Description("Data of an id.")]
    public static TextResourceContents Data(string id) => new()
    {
        Uri = $"test://template/{id}/data",
        MimeType = "application/json",
        Text = JsonSerializer.Serialize(new { id, templateTest = true, data = $"Data for ID: {id}" }),
    };
}
