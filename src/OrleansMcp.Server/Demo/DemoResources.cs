using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using ModelContextProtocol.Server;
using OrleansMcp.Tools;

namespace OrleansMcp.Server.Demo;

/// <summary>Resources to try the server with.</summary>
[McpServerResourceType]
internal sealed class DemoResources
{
    [McpServerResource(UriTemplate = DemoTools.CounterUri, Name = "counter", MimeType = "text/plain")]
    [Description("This session's counter. Subscribe to it to hear of every increment.")]
    public static string Counter(ISessionContext session) =>
        session.State.Get<long>(DemoTools.CounterKey).ToString(CultureInfo.InvariantCulture);

    [McpServerResource(UriTemplate = "demo://greeting/{language}", Name = "greeting", MimeType = "text/plain")]
    [Description("A greeting in a language.")]
    public static string Greeting([AllowedValues("en", "de", "fr")] string language) => language switch
    {
        "de" => "Guten Tag",
        "fr" => "Bonjour",
        _ => "Hello",
    };
}

/// <summary>A prompt to try the server with.</summary>
[McpServerPromptType]
internal sealed class DemoPrompts
{
    [McpServerPrompt(Name = "summarise")]
    [Description("Asks for a summary of a topic.")]
    public static string Summarise(
        [Description("What to summarise.")] string topic,
        [Description("For whom."), AllowedValues("beginners", "experts")] string audience = "beginners") =>
        $"Summarise {topic} for {audience} in five sentences.";
}
