using System.Text;
using System.Text.Json;
using OrleansMcp.Protocol;
using Xunit;

namespace OrleansMcp.Tests.Protocol;

public sealed class McpMessageParserTests
{
    [Fact]
    public void A_request_is_read_with_its_method_id_and_params()
    {
        Assert.True(TryParse("""{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"echo"}}""", out var message, out _));
        Assert.Equal(McpMessageKind.Request, message!.Kind);
        Assert.Equal("tools/call", message.Method);
        Assert.Equal("a", message.Id.GetString());
        Assert.Equal("echo", message.Params.GetProperty("name").GetString());
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","method":"x"}""", McpMessageKind.Notification)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{}}""", McpMessageKind.Response)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"no"}}""", McpMessageKind.Response)]
    public void Notifications_and_responses_are_told_apart(string json, McpMessageKind expected)
    {
        Assert.True(TryParse(json, out var message, out _));
        Assert.Equal(expected, message!.Kind);
    }

    [Theory]
    [InlineData("", RpcError.ParseError)]
    [InlineData("{", RpcError.ParseError)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a"} x""", RpcError.ParseError)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"id":2,"method":"a"}""", RpcError.ParseError)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":{"n":1,"n":2}}""", RpcError.ParseError)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":{"n":1,"\u006e":2}}""", RpcError.ParseError)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":{"t":"\ud800"}}""", RpcError.ParseError)]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"a"}""", RpcError.InvalidRequest)]
    [InlineData("""{"JSONRPC":"2.0","id":1,"method":"a"}""", RpcError.InvalidRequest)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"a"}""", RpcError.InvalidRequest)]
    [InlineData("""{"jsonrpc":"2.0","id":1.5,"method":"a"}""", RpcError.InvalidRequest)]
    [InlineData("""{"jsonrpc":"2.0","id":1e400,"method":"a"}""", RpcError.InvalidRequest)]
    [InlineData("""{"jsonrpc":"2.0","id":true,"method":"a"}""", RpcError.InvalidRequest)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":""}""", RpcError.InvalidRequest)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":7}""", RpcError.InvalidRequest)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":{},"error":{}}""", RpcError.InvalidRequest)]
    [InlineData("""{"jsonrpc":"2.0","result":{}}""", RpcError.InvalidRequest)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":[]}""", RpcError.InvalidParams)]
    [InlineData("\"text\"", RpcError.InvalidRequest)]
    public void What_is_no_message_is_refused_with_its_error_code(string json, int code)
    {
        Assert.False(TryParse(json, out _, out var error));
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public void The_id_of_a_bad_request_is_kept_for_the_error_reply()
    {
        Assert.False(TryParse("""{"jsonrpc":"2.0","id":77,"method":"a","params":3}""", out _, out var error));
        Assert.Equal(77, error.Id.GetInt32());
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused()
    {
        byte[] body = [.. "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\""u8, 0xC3, 0x28, .. "\"}"u8];
        Assert.False(McpMessageParser.TryParse(body, out McpMessage? _, out var error));
        Assert.Equal(RpcError.ParseError, error.Code);
    }

    [Fact]
    public void Nesting_beyond_the_limit_is_refused_and_at_the_limit_is_read()
    {
        // The message itself is one level, its params another.
        Assert.True(TryParse(Nested(McpMessageParser.MaxDepth - 2), out _, out _));
        Assert.False(TryParse(Nested(McpMessageParser.MaxDepth - 1), out _, out _));
        Assert.False(TryParse(Nested(100_000), out _, out _));
    }

    [Fact]
    public void A_batch_keeps_the_bytes_of_each_message()
    {
        var body = Encoding.UTF8.GetBytes("""[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"n"}]""");
        Assert.True(McpMessageParser.TryParse(body, out var single, out var batch, out _));
        Assert.Null(single);
        Assert.Equal("""{"jsonrpc":"2.0","method":"n"}""", Encoding.UTF8.GetString(batch![1].Utf8.Span));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(McpMessageParser.MaxBatch + 1)]
    public void Empty_and_oversized_batches_are_refused(int count)
    {
        var body = Encoding.UTF8.GetBytes("[" + string.Join(",", Enumerable.Repeat("""{"jsonrpc":"2.0","method":"n"}""", count)) + "]");
        Assert.False(McpMessageParser.TryParse(body, out _, out _, out var error));
        Assert.Equal(RpcError.InvalidRequest, error.Code);
    }

    private static string Nested(int levels) =>
        """{"jsonrpc":"2.0","id":1,"method":"a","params":{"deep":""" + new string('[', levels) + new string(']', levels) + "}}";

    private static bool TryParse(string json, out McpMessage? message, out McpParseError error) =>
        McpMessageParser.TryParse(Encoding.UTF8.GetBytes(json), out message, out error);
}
