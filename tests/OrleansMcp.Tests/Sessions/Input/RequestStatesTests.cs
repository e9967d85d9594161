using OrleansMcp.Sessions.Input;

namespace OrleansMcp.Tests.Sessions.Input;

public sealed class RequestStatesTests
{
    private const string Request = """{"name":"pay","arguments":{"to":"bob","amount":1}}""";

    [Theory]
    [InlineData("""{"arguments":{"amount":1,"to":"bob"},"name":"pay"}""")]
    [InlineData("""{"name":"pay","arguments":{"to":"bob","amount":1},"requestState":"x","inputResponses":{"a":1},"_meta":{"b":2}}""")]
    public void The_same_request_in_another_round_has_the_same_digest(string retry) => Assert.Equal(Digest(Request), Digest(retry));

    [Theory]
    [InlineData("""{"name":"pay","arguments":{"to":"carol","amount":1}}""")]
    [InlineData("""{"name":"pay","arguments":{"to":"bob","amount":2}}""")]
    [InlineData("""{"name":"pay","arguments":{"to":"bob","amount":1,"_meta":{}}}""")]
    [InlineData("""{"name":"pay","arguments":{"to":"bob","amount":1,"requestState":"x"}}""")]
    [InlineData("""{"name":"pay","arguments":{"to":["bob"],"amount":1}}""")]
    [InlineData("""{"name":"other","arguments":{"to":"bob","amount":1}}""")]
    [InlineData("""{"name":"pay"}""")]
    public void Another_request_has_another_digest(string other) => Assert.NotEqual(Digest(Request), Digest(other));

    [Fact]
    public void Another_method_has_another_digest() => Assert.NotEqual(Digest(Request), Digest(Request, "prompts/get"));

    [Theory]
    [InlineData("""{"requestState":"x"}""", "x")]
    [InlineData("""{"requestState":7}""", "")]
    [InlineData("{}", null)]
    public void A_state_that_is_no_text_is_one_that_nobody_knows(string parameters, string? token) =>
        Assert.Equal(token, RequestStates.TokenOf(SessionBench.Parse(Message("tools/call", parameters))));

    private static string Digest(string parameters, string method = "tools/call") =>
        RequestStates.Digest(SessionBench.Parse(Message(method, parameters)));

    private static string Message(string method, string parameters) =>
        $$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":{{parameters}}}""";
}
