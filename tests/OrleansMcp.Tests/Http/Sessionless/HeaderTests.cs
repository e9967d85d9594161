using System.Net;
using System.Text;
using OrleansMcp.Tests.Hosting;
using static OrleansMcp.Tests.Http.Sessionless.DiscoveryTests;

namespace OrleansMcp.Tests.Http.Sessionless;

/// <summary>2026-07-28: headers repeat the body, and a difference is refused before anything runs.</summary>
public sealed class HeaderTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("Mcp-Method", "tools/list")]
    [InlineData("Mcp-Method", "TOOLS/CALL")]
    [InlineData("Mcp-Name", "echo")]
    [InlineData("Mcp-Name", "Increment")]
    [InlineData("MCP-Protocol-Version", "2025-11-25")]
    public async Task A_header_that_differs_from_the_body_is_refused_and_nothing_runs(string header, string value)
    {
        using var client = shared.Server.Modern();
        var handle = await client.OpenHandleAsync();
        var reply = await client.SendAsync(
            "tools/call", Rpc.CallParams("increment", new { session = handle }), change: request => Set(request, header, value));
        reply.Expect(HttpStatusCode.BadRequest);
        Assert.Equal(-32020, reply.ErrorCode);
        Assert.Equal(1, await client.IncrementAsync(handle));
    }

    [Theory]
    [InlineData("Mcp-Method")]
    [InlineData("Mcp-Name")]
    public async Task A_missing_header_is_refused(string header)
    {
        using var client = shared.Server.Modern();
        var reply = await client.SendAsync(
            "tools/call", Rpc.CallParams("echo", new { text = "x" }), change: request => request.Headers.Remove(header));
        reply.Expect(HttpStatusCode.BadRequest);
        Assert.Equal(-32020, reply.ErrorCode);
    }

    [Fact]
    public async Task A_header_given_twice_is_refused()
    {
        using var client = shared.Server.Modern();
        var reply = await client.SendAsync(
            "tools/call", Rpc.CallParams("echo", new { text = "x" }),
            change: request => request.Headers.TryAddWithoutValidation("Mcp-Name", "increment"));
        reply.Expect(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task The_name_of_a_resource_is_its_uri()
    {
        using var client = shared.Server.Modern();
        var reply = await client.SendAsync(
            "resources/read", new() { ["uri"] = "test://one" }, change: request => Set(request, "Mcp-Name", "test://two"));
        reply.Expect(HttpStatusCode.BadRequest);
        Assert.Equal(-32020, reply.ErrorCode);
    }

    [Fact]
    public async Task A_name_may_be_sent_in_base64()
    {
        using var client = shared.Server.Modern();
        var encoded = $"=?base64?{Convert.ToBase64String(Encoding.UTF8.GetBytes("echo"))}?=";
        var reply = await client.SendAsync(
            "tools/call", Rpc.CallParams("echo", new { text = "x" }), change: request => Set(request, "Mcp-Name", encoded));
        Assert.Equal("x", reply.Expect(HttpStatusCode.OK).ToolText);
    }
}
