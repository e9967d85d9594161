using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Protocol.Keys;

namespace OrleansMcp.Tests.Protocol;

/// <summary>Keys that the protocol gives are spelt as it spells them, in the params of every method.</summary>
public sealed class MessageKeysTests
{
    public static TheoryData<string> Methods => [.. OrleansMcp.Protocol.Methods.Requests.Where(method => !method.StartsWith("secrets/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_refuses_metadata_in_another_spelling(string method)
    {
        Assert.Equal("The key '_META' must be spelt '_meta'.", Problem(method, """{"_META":{}}"""));
        Assert.Equal("The key 'progresstoken' must be spelt 'progressToken'.", Problem(method, """{"_meta":{"progresstoken":1}}"""));
        Assert.NotNull(Problem(method, """{"_meta":{"io.modelcontextprotocol/protocolversion":"2026-07-28"}}"""));
        Assert.NotNull(Problem(method, """{"_meta":{"io.modelcontextprotocol/clientCapabilities":{"Elicitation":{}}}}"""));
        Assert.NotNull(Problem(method, """{"_meta":{"orleansmcp/Permissions":[]}}"""));
        Assert.NotNull(Problem(method, """{"_meta":{"TraceParent":"x"}}"""));
        Assert.Null(Problem(method, """{"_meta":{"progressToken":1,"com.example/Anything":{"a":1,"A":2},"orleansmcp/permissions":[]}}"""));
    }

    [Theory]
    [InlineData("initialize", "ProtocolVersion", "protocolVersion")]
    [InlineData("initialize", "Capabilities", "capabilities")]
    [InlineData("initialize", "clientinfo", "clientInfo")]
    [InlineData("logging/setLevel", "LEVEL", "level")]
    [InlineData("tools/list", "Cursor", "cursor")]
    [InlineData("tools/call", "Name", "name")]
    [InlineData("tools/call", "ARGUMENTS", "arguments")]
    [InlineData("tools/call", "requeststate", "requestState")]
    [InlineData("tools/call", "InputResponses", "inputResponses")]
    [InlineData("prompts/list", "CURSOR", "cursor")]
    [InlineData("prompts/get", "nAme", "name")]
    [InlineData("prompts/get", "Arguments", "arguments")]
    [InlineData("resources/list", "CURSOR", "cursor")]
    [InlineData("resources/templates/list", "CURSOR", "cursor")]
    [InlineData("resources/read", "URI", "uri")]
    [InlineData("resources/read", "U\\u0052i", "uri")]
    [InlineData("resources/subscribe", "Uri", "uri")]
    [InlineData("resources/unsubscribe", "Uri", "uri")]
    [InlineData("subscriptions/listen", "Notifications", "notifications")]
    [InlineData("completion/complete", "REF", "ref")]
    [InlineData("completion/complete", "Argument", "argument")]
    [InlineData("notifications/cancelled", "RequestId", "requestId")]
    [InlineData("notifications/progress", "ProgressToken", "progressToken")]
    public void A_key_in_another_case_is_refused_alone_and_beside_the_right_one(string method, string key, string right)
    {
        Assert.EndsWith($"must be spelt '{right}'.", Problem(method, $$"""{"{{key}}":"x"}"""), StringComparison.Ordinal);
        Assert.EndsWith($"must be spelt '{right}'.", Problem(method, $$"""{"{{right}}":"x","{{key}}":"y"}"""), StringComparison.Ordinal);
        Assert.Null(Problem(method, $$"""{"{{right}}":"x"}"""));
    }

    [Theory]
    [InlineData("initialize", """{"capabilities":{"Sampling":{}}}""")]
    [InlineData("initialize", """{"capabilities":{"elicitation":{"FORM":{}}}}""")]
    [InlineData("initialize", """{"capabilities":{"roots":{"listchanged":true}}}""")]
    [InlineData("initialize", """{"clientInfo":{"Name":"x"}}""")]
    [InlineData("initialize", """{"clientInfo":{"icons":[{"src":"a"},{"SRC":"b"}]}}""")]
    [InlineData("subscriptions/listen", """{"notifications":{"ResourceSubscriptions":[]}}""")]
    [InlineData("completion/complete", """{"ref":{"type":"ref/prompt","Name":"x"}}""")]
    [InlineData("completion/complete", """{"argument":{"VALUE":"x"}}""")]
    [InlineData("completion/complete", """{"context":{"Arguments":{}}}""")]
    [InlineData("completion/complete", """{"context":{"arguments":{"topic":"a","TOPIC":"b"}}}""")]
    [InlineData("prompts/get", """{"name":"x","arguments":{"topic":"a","TOPIC":"b"}}""")]
    [InlineData("tools/call", """{"inputResponses":{"input-1":{"action":"decline","Action":"accept"}}}""")]
    [InlineData("tools/call", """{"inputResponses":{"input-1":{"content":{"sure":false,"Sure":true}}}}""")]
    [InlineData("tools/call", """{"_meta":{"orleansmcp/permision":["tool:echo"]}}""")]
    public void So_is_one_further_in(string method, string parameters) => Assert.NotNull(Problem(method, parameters));

    [Theory]
    [InlineData("tools/call", """{"name":"x","arguments":{"Name":"a","NAME2":"b"},"later":{"Name":1}}""")]
    [InlineData("initialize", """{"capabilities":{"experimental":{"Roots":{},"Sampling":{}}}}""")]
    [InlineData("resources/read", """{"uri":"a","ur\u0131":"b","ſ":1}""")]
    [InlineData("no/such/method", """{"NAME":1,"name":2}""")]
    [InlineData("tools/call", "[]")]
    public void What_the_protocol_does_not_name_passes(string method, string parameters) => Assert.Null(Problem(method, parameters));

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","ID":1,"method":"ping"}""", "The key 'ID' must be spelt 'id'.")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/list"}""", "The key 'Method' must be spelt 'method'.")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","Params":{}}""", "The key 'Params' must be spelt 'params'.")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{},"Error":{}}""", "The key 'Error' must be spelt 'error'.")]
    public void The_message_itself_has_keys_too(string json, string problem)
    {
        Assert.False(McpMessageParser.TryParse(System.Text.Encoding.UTF8.GetBytes(json), out McpMessage? _, out var error));
        Assert.Equal((RpcError.InvalidRequest, problem), (error.Code, error.Message));
    }

    [Theory]
    [InlineData("""{"action":"accept","ACTION":"decline"}""")]
    [InlineData("""{"action":"accept","content":{"a":1,"A":2}}""")]
    [InlineData("""{"roots":[{"uri":"file:///a","URI":"file:///b"}]}""")]
    [InlineData("""{"Model":"x"}""")]
    public void An_answer_to_a_request_for_input_is_judged_in_the_same_way(string json) => Assert.NotNull(MessageKeys.ProblemInAnswer(Json(json)));

    /// <summary>The types that params are bound to match keys without regard to case: a key that they know must be known here.</summary>
    [Fact]
    public void The_keys_are_those_of_the_types_that_params_are_bound_to()
    {
        foreach (var type in new[] { typeof(CallToolRequestParams), typeof(ReadResourceRequestParams), typeof(CompleteRequestParams), typeof(InitializeRequestParams) })
        {
            var shape = new TypeKeys().Of(type)!;
            foreach (var property in ModelContextProtocol.McpJsonUtilities.DefaultOptions.GetTypeInfo(type).Properties)
            {
                Assert.NotNull(shape.ProblemIn(Json($$"""{"{{property.Name.ToUpperInvariant()}}":1}""")));
            }
        }
    }

    private static string? Problem(string method, string parameters) => MessageKeys.ProblemInParams(method, Json(parameters));

    private static JsonElement Json(string json) => JsonDocument.Parse(json).RootElement;
}
