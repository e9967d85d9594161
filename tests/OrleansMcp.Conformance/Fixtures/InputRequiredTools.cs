using System.ComponentModel;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using static ModelContextProtocol.Protocol.ElicitRequestParams;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>Tools that need one round of input from the client (SEP-2322).</summary>
[McpServerToolType]
internal sealed class InputRequiredTools
{
    [McpServerTool(Name = "test_input_required_result_elicitation"), Description("Needs the user's name.")]
    public static string Elicit(RequestContext<CallToolRequestParams> call) =>
        Answers.TryGet(call.Params.InputResponses, "user_name", InputResponse.ElicitResultJsonTypeInfo, out var answer)
            ? $"Hello, {Answers.Text(answer, "name")}!"
            : throw new InputRequiredException(Ask("user_name", UserName));

    [McpServerTool(Name = "test_input_required_result_sampling"), Description("Needs an answer of the client's model.")]
    public static string Sample(RequestContext<CallToolRequestParams> call) =>
        Answers.TryGet(call.Params.InputResponses, "capital_question", InputResponse.CreateMessageResultJsonTypeInfo, out var answer)
            ? $"The model said: {Samples.Text(answer)}"
            : throw new InputRequiredException(Ask("capital_question", Capital));

    [McpServerTool(Name = "test_input_required_result_list_roots"), Description("Needs the client's roots.")]
    public static string Roots(RequestContext<CallToolRequestParams> call) =>
        Answers.TryGet(call.Params.InputResponses, "client_roots", InputResponse.ListRootsResultJsonTypeInfo, out var answer)
            ? $"The roots are: {string.Join(", ", answer.Roots.Select(root => root.Uri))}"
            : throw new InputRequiredException(Ask("client_roots", ClientRoots));

    [McpServerTool(Name = "test_input_required_result_multiple_inputs"), Description("Needs the user's name, a greeting and the roots at once.")]
    public static string Several(RequestContext<CallToolRequestParams> call)
    {
        var answers = call.Params.InputResponses;
        return call.Params.RequestState == "several"
            && Answers.TryGet(answers, "user_name", InputResponse.ElicitResultJsonTypeInfo, out var name)
            && Answers.TryGet(answers, "greeting", InputResponse.CreateMessageResultJsonTypeInfo, out var greeting)
            && Answers.TryGet(answers, "client_roots", InputResponse.ListRootsResultJsonTypeInfo, out var roots)
                ? $"{Samples.Text(greeting)} {Answers.Text(name, "name")}, you have {roots.Roots.Count} root(s)."
                : throw new InputRequiredException(
                    new Dictionary<string, InputRequest>
                    {
                        ["user_name"] = UserName,
                        ["greeting"] = InputRequest.ForSampling(Samples.Of("Generate a greeting", maxTokens: 50)),
                        ["client_roots"] = ClientRoots,
                    },
                    requestState: "several");
    }

    [McpServerTool(Name = "test_input_required_result_capabilities"), Description("Asks only for what the client can give.")]
    public static string Possible(RequestContext<CallToolRequestParams> call)
    {
        if (call.Params.InputResponses is { Count: > 0 } answers)
        {
            return $"Received: {string.Join(", ", answers.Keys)}";
        }

        var asked = new Dictionary<string, InputRequest>();
        AskIf(call.Server.ClientCapabilities?.Elicitation is not null, "user_name", UserName);
        AskIf(call.Server.ClientCapabilities?.Sampling is not null, "capital_question", Capital);
        AskIf(call.Server.ClientCapabilities?.Roots is not null, "client_roots", ClientRoots);
        return asked.Count == 0 ? "The client can give no input." : throw new InputRequiredException(asked);

        void AskIf(bool possible, string key, InputRequest request)
        {
            if (possible)
            {
                asked.Add(key, request);
            }
        }
    }

    private static InputRequest UserName => InputRequest.ForElicitation(Forms.Of("What is your name?", "name", new StringSchema()));

    private static InputRequest Capital => InputRequest.ForSampling(Samples.Of("What is the capital of France?", maxTokens: 100));

    private static InputRequest ClientRoots => InputRequest.ForRootsList(new ListRootsRequestParams());

    private static Dictionary<string, InputRequest> Ask(string key, InputRequest request) => new() { [key] = request };
}
