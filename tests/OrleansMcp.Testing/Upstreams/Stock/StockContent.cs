using System.ComponentModel;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace OrleansMcp.Tests.Upstreams.Stock;

/// <summary>The prompt and the resources of a <see cref="StockUpstream"/>, with completions for the prompt's argument and the template's variable.</summary>
internal sealed class StockContent
{
    public const string Guide = "stock://guide";
    public const string Picture = "stock://picture";
    public const string Template = "stock://notes/{name}";

    private static readonly string[] s_cities = ["Paris", "Parma", "Prague", "Rome"];
    private static readonly string[] s_notes = ["first", "fifth", "second"];

    /// <summary>A PNG of one pixel.</summary>
    public static ReadOnlyMemory<byte> Pixel { get; } = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    [McpServerPrompt(Name = "greet"), Description("Greets somebody from a city.")]
    public static string Greet([Description("A city.")] string city) => $"Say hello to somebody from {city}.";

    [McpServerResource(UriTemplate = Guide, Name = "guide", MimeType = "text/plain"), Description("A text.")]
    public static string ReadGuide() => "The guide.";

    [McpServerResource(UriTemplate = Picture, Name = "picture", MimeType = "image/png"), Description("A picture of one pixel.")]
    public static ResourceContents ReadPicture() => BlobResourceContents.FromBytes(Pixel, Picture, "image/png");

    [McpServerResource(UriTemplate = Template, Name = "notes", MimeType = "text/plain"), Description("A note, by its name.")]
    public static string ReadNote(string name) => $"The note '{name}'.";

    public static ValueTask<CompleteResult> CompleteAsync(RequestContext<CompleteRequestParams> request, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var known = request.Params.Ref switch
        {
            PromptReference { Name: "greet" } => s_cities,
            ResourceTemplateReference { Uri: Template } => s_notes,
            _ => [],
        };
        string[] values = [.. known.Where(value => value.StartsWith(request.Params.Argument.Value, StringComparison.Ordinal))];
        return ValueTask.FromResult(new CompleteResult { Completion = new Completion { Values = values, Total = values.Length, HasMore = false } });
    }
}
