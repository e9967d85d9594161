using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using static ModelContextProtocol.Protocol.ElicitRequestParams;

namespace OrleansMcp.Tests.Upstreams.Stock;

/// <summary>
/// The tools of a <see cref="StockUpstream"/> that want something of the client in the middle of a call. The SDK asks in the way of the era: with
/// a request to the client, or with a result that says what is required.
/// </summary>
internal sealed class StockInputTools(OpenQuestions questions)
{
    [McpServerTool(Name = "ask"), Description("Asks the user to fill in a form with one field, and returns what was filled in.")]
    public string Ask(RequestContext<CallToolRequestParams> call, string question = "Which colour?")
    {
        Require(call, client => client.Elicitation, new ClientCapabilities { Elicitation = new ElicitationCapability { Form = new() } });
        var answer = questions.Answer(call, InputResponse.ElicitResultJsonTypeInfo, () => InputRequest.ForElicitation(new ElicitRequestParams
        {
            Message = question,
            RequestedSchema = new RequestSchema { Properties = { ["colour"] = new StringSchema { Description = "A colour" } } },
        }));
        return answer.IsAccepted ? $"{answer.Content?["colour"]}" : answer.Action;
    }

    [McpServerTool(Name = "askUrl"), Description("Asks the user to visit a page, and returns whether they agreed.")]
    public string AskUrl(RequestContext<CallToolRequestParams> call, string url = "https://stock.example.com/consent")
    {
        Require(call, client => client.Elicitation?.Url, new ClientCapabilities { Elicitation = new ElicitationCapability { Url = new() } });
        return questions.Answer(call, InputResponse.ElicitResultJsonTypeInfo, () => InputRequest.ForElicitation(new ElicitRequestParams
        {
            Mode = "url",
            Message = "Please agree.",
            Url = url,
            ElicitationId = Guid.NewGuid().ToString("N"),
        })).Action;
    }

    [McpServerTool(Name = "sample"), Description("Asks the client's model, and returns what it says.")]
    public string Sample(RequestContext<CallToolRequestParams> call, string prompt = "Say something.")
    {
        Require(call, client => client.Sampling, new ClientCapabilities { Sampling = new() });
        var answer = questions.Answer(call, InputResponse.CreateMessageResultJsonTypeInfo, () => InputRequest.ForSampling(new CreateMessageRequestParams
        {
            MaxTokens = 10,
            Messages = [new SamplingMessage { Role = Role.User, Content = [new TextContentBlock { Text = prompt }] }],
        }));
        return string.Concat(answer.Content.OfType<TextContentBlock>().Select(block => block.Text));
    }

    [McpServerTool(Name = "roots"), Description("Asks for the client's roots, and returns their URIs.")]
    public string Roots(RequestContext<CallToolRequestParams> call)
    {
        Require(call, client => client.Roots, new ClientCapabilities { Roots = new() });
        var answer = questions.Answer(call, InputResponse.ListRootsResultJsonTypeInfo, () => InputRequest.ForRootsList(new ListRootsRequestParams()));
        return string.Join(' ', answer.Roots.Select(root => root.Uri));
    }

    // In the sessionless era there is an error for it, -32021; in the other the tool fails.
    private static void Require(RequestContext<CallToolRequestParams> call, Func<ClientCapabilities, object?> capability, ClientCapabilities required)
    {
        if (call.Server.ClientCapabilities is not { } client || capability(client) is null)
        {
            throw call.Server.SessionId is null
                ? new MissingRequiredClientCapabilityException(required)
                : new McpException("The client has not said that it can be asked for this.");
        }
    }
}
