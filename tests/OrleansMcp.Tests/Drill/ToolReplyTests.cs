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
}
