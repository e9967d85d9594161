using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Tests.Sessions.Upstreams;

/// <summary>The result of a tool of another server on its way to the client.</summary>
public sealed class UpstreamToolResultTests
{
    private readonly SessionBench _bench = new();

    [Theory]
    [InlineData("{\n  \"content\": [\n    { \"type\": \"text\",\r\n \"text\": \"a\" }\n  ]\n}")]
    [InlineData("{\"content\":[{\"type\":\"text\",\"text\":\"a\u2028b\u2029c\"}]}")]
    [InlineData("{\"content\":[],\"structuredContent\":{\n\"a\":[\n1.50,\r2]\n}}")]
    [InlineData("{\"content\":[],\"example.com/other\":{\n\"a\":1}}")]
    [InlineData("{\"content\":[],\"_meta\":{\"example.com/mine\":\n{\"a\":\n1}}}")]
    public void It_stands_on_one_line_and_says_the_same(string result)
    {
        var reply = Encoding.UTF8.GetString(Write(result));
        Assert.DoesNotContain(reply, static one => one is '\n' or '\r' or '\u2028' or '\u2029');
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(result), JsonNode.Parse(reply)!["result"]), reply);
    }

    [Fact]
    public void With_half_of_a_character_it_is_none() =>
        Assert.Equal(UpstreamFault.Invalid, Assert.Throws<UpstreamException>(() => Write("""{"content":[{"type":"text","text":"a\ud800b"}]}""")).Fault);

    [Fact]
    public void What_only_results_of_this_server_say_of_themselves_is_left_out()
    {
        var meta = JsonNode.Parse(Write("""{"content":[],"_meta":{"orleansmcp/unavailable":["crm"],"io.modelcontextprotocol/serverInfo":{},"example.com/mine":1}}"""))!["result"]!["_meta"]!;
        Assert.Equal("""{"example.com/mine":1}""", meta.ToJsonString());
    }

    private byte[] Write(string result)
    {
        using var document = JsonDocument.Parse(result);
        return _bench.Replies.WriteToolCall(_bench.ToolCall("github__search"), "github", document.RootElement).Reply;
    }
}
