using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Targets;

namespace OrleansMcp.Tests.Drill;

/// <summary><see cref="ToolReply"/> reads an outcome from an answer.</summary>
public sealed class ToolReplyTests
{
    [Theory]
    [InlineData(200, """{"result":{"content":[{"type":"text","text":"5"}]}}""", nameof(Outcome.Ok), null)]
    [InlineData(200, """{"result":{"isError":true,"structuredContent":{"code":"conflict"}}}""", nameof(Outcome.Refused), "conflict")]
    [InlineData(200, """{"result":{"isError":true,"content":[{"type":"text","text":"{\"code\":\"not_found\"}"}]}}""", nameof(Outcome.Refused), "not_found")]
    [InlineData(200, """{"error":{"code":-32602,"message":"no"}}""", nameof(Outcome.Refused), "-32602")]
    [InlineData(404, "", nameof(Outcome.Refused), "404")]
    [InlineData(429, "", nameof(Outcome.Refused), "429")]
    [InlineData(200, """{"result":{"isError":true,"structuredContent":{"code":"quota_exceeded"}}}""", nameof(Outcome.Unknown), "quota_exceeded")]
    [InlineData(200, """{"result":{"isError":true,"structuredContent":{"code":"records_unavailable"}}}""", nameof(Outcome.Unknown), "records_unavailable")]
    [InlineData(200, """{"result":{"isError":true,"content":[{"type":"text","text":"It broke."}]}}""", nameof(Outcome.Unknown), "error")]
    [InlineData(200, """{"error":{"code":-32603,"message":"internal"}}""", nameof(Outcome.Unknown), "-32603")]
    [InlineData(200, """{"error":{"code":-32603,"data":{"code":"session_moved"}}}""", nameof(Outcome.Unknown), "session_moved")]
    [InlineData(500, "", nameof(Outcome.Unknown), null)]
    [InlineData(503, "", nameof(Outcome.Unknown), null)]
    [InlineData(0, "", nameof(Outcome.Unknown), null)]
    public void Refused_is_only_what_is_sure_to_have_had_no_effect(int status, string body, string outcome, string? code)
    {
        var reply = ToolReply.Of(new DrillReply(status, body));

        Assert.Equal((outcome, code), (reply.Outcome.ToString(), reply.Code));
    }

    [Theory]
    [InlineData("""{"error":{"code":-32000,"data":{"code":"quota_exceeded","quota":"requestsPerMinute","retryAfterSeconds":7}}}""", 429, "quota requestsPerMinute", 7)]
    [InlineData("""{"error":{"code":-32000,"data":{"code":"held_back","retryAfterSeconds":30}}}""", 429, "throttled (held_back)", 30)]
    [InlineData("", 429, "quota 429", 0)]
    [InlineData("", 401, "credential refused (401)", 0)]
    [InlineData("", 503, "server failed (503)", 0)]
    [InlineData("", 400, "not understood (400)", 0)]
    [InlineData("", 0, "no answer", 0)]
    [InlineData("", 404, null, 0)]
    [InlineData("""{"result":{"isError":true,"structuredContent":{"code":"quota_exceeded","quota":"callsPerMinute","retryAfterSeconds":5}}}""", 200, "quota callsPerMinute", 5)]
    [InlineData("""{"result":{"isError":true,"structuredContent":{"code":"permission_denied","permission":"records:drill-1-orders:write"}}}""", 200, "no permission records:*:write", 0)]
    [InlineData("""{"result":{"isError":true,"structuredContent":{"code":"permission_denied"}}}""", 200, null, 0)]
    [InlineData("""{"result":{"isError":true,"structuredContent":{"code":"conflict"}}}""", 200, null, 0)]
    [InlineData("""{"error":{"code":-32602,"message":"no"}}""", 200, "not understood (-32602)", 0)]
    public void What_the_drill_does_not_provoke_is_told_from_what_it_does(string body, int status, string? hindrance, int seconds)
    {
        var reply = ToolReply.Of(new DrillReply(status, body));

        Assert.Equal((hindrance, TimeSpan.FromSeconds(seconds)), (reply.Hindrance?.ToString(), reply.RetryAfter));
    }

    [Theory]
    [InlineData("callsPerMinute", nameof(Outcome.Refused))]
    [InlineData("outputBytesPerMinute", nameof(Outcome.Unknown))]
    public void A_quota_that_is_judged_before_the_call_leaves_no_effect(string quota, string outcome) => Assert.Equal(outcome, ToolReply.Of(new DrillReply(
        200, $$$$"""{"result":{"isError":true,"structuredContent":{"code":"quota_exceeded","quota":"{{{{quota}}}}"}}}""")).Outcome.ToString());
}
