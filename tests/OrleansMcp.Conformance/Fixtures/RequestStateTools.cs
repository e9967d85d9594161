using System.ComponentModel;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using static ModelContextProtocol.Protocol.ElicitRequestParams;

namespace OrleansMcp.Conformance.Fixtures;

/// <summary>
/// Tools whose state travels with the client between the rounds (SEP-2322). They use plain words for it: sealing the state, binding
/// it to the caller and accepting it once is what the session does for every tool.
/// </summary>
[McpServerToolType]
internal sealed class RequestStateTools
{
    [McpServerTool(Name = "test_input_required_result_request_state"), Description("Needs a confirmation and its own state back.")]
    public static string Confirm(RequestContext<CallToolRequestParams> call) => call.Params.RequestState switch
    {
        null => throw Ask("confirm", "Please confirm", "ok", new BooleanSchema(), state: "asked"),
        "asked" => "state-ok",
        _ => throw new McpProtocolException("This is not the state that was sent.", McpErrorCode.InvalidParams),
    };

    [McpServerTool(Name = "test_input_required_result_tampered_state"), Description("Needs a confirmation and its own state back, untouched.")]
    public static string ConfirmUntouched(RequestContext<CallToolRequestParams> call) => Confirm(call);

    [McpServerTool(Name = "test_input_required_result_multi_round"), Description("Needs two answers, one after the other.")]
    public static string TwoRounds(RequestContext<CallToolRequestParams> call)
    {
        var answers = call.Params.InputResponses;
        return call.Params.RequestState switch
        {
            null => throw Ask("step1", "Step 1: What is your name?", "name", new StringSchema(), state: "name"),
            "name" when Answers.TryGet(answers, "step1", InputResponse.ElicitResultJsonTypeInfo, out var answer) =>
                throw Ask(
                    "step2", "Step 2: What is your favorite color?", "color", new StringSchema(),
                    state: "color of " + Answers.Text(answer, "name")),
            { } state when state.StartsWith("color of ", StringComparison.Ordinal)
                && Answers.TryGet(answers, "step2", InputResponse.ElicitResultJsonTypeInfo, out var answer) =>
                $"The {state} is {Answers.Text(answer, "color")}.",
            _ => throw new McpProtocolException("The answer does not belong to the question.", McpErrorCode.InvalidParams),
        };
    }

    private static InputRequiredException Ask(string key, string message, string field, PrimitiveSchemaDefinition schema, string state) =>
        new(
            new Dictionary<string, InputRequest> { [key] = InputRequest.ForElicitation(Forms.Of(message, field, schema)) },
            requestState: state);
}
