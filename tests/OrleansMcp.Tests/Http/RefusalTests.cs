using System.Net;
using System.Text;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>What the transport refuses, with which status, and that the refusal is a JSON-RPC error.</summary>
public sealed class RefusalTests(SharedServer shared) : IClassFixture<SharedServer>
{
    private const int Limit = 4 * 1024 * 1024;

    [Theory]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    [InlineData("PROPFIND")]
    public async Task Other_methods_are_405_and_told_which_are_allowed(string method)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = (await client.SendAsync(client.Request(new HttpMethod(method)))).Expect(HttpStatusCode.MethodNotAllowed);
        var allowed = reply.Headers["Allow"].Split(", ").Order(StringComparer.Ordinal);
        Assert.Equal(["DELETE", "GET", "POST"], allowed);
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/xml, text/plain;q=0.5")]
    public async Task An_answer_the_client_cannot_read_is_406(string accept)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.PostAsync(Rpc.Request(1, "ping"), Accept(accept));
        reply.Expect(HttpStatusCode.NotAcceptable);
        Assert.NotNull(reply.Error["code"]);
    }

    [Fact]
    public async Task A_GET_that_does_not_take_a_stream_is_406()
    {
        using var client = await shared.Server.Client().OpenAsync();
        (await client.GetAsync(change: Accept("application/json"))).Expect(HttpStatusCode.NotAcceptable);
    }

    [Theory]
    [InlineData("*/*")]
    [InlineData("application/json")]
    [InlineData("application/*")]
    [InlineData("APPLICATION/JSON;q=0.9,TEXT/EVENT-STREAM")]
    public async Task Clients_that_send_no_proper_Accept_are_served(string accept)
    {
        using var client = await shared.Server.Client().OpenAsync();
        (await client.PostAsync(Rpc.Request(1, "ping"), Accept(accept))).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_client_that_takes_only_JSON_gets_JSON_also_from_a_call_that_reports_progress()
    {
        using var client = await shared.Server.Client().OpenAsync();
        shared.Server.Gates["json only"].Open();
        var reply = await client.PostAsync(
            Rpc.Call(1, "test_progress", new { gate = "json only", steps = 3 }, progressToken: 1), Accept("application/json"));
        Assert.StartsWith("application/json", reply.Expect(HttpStatusCode.OK).ContentType, StringComparison.Ordinal);
        Assert.Equal("through", reply.ToolText);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("multipart/form-data; boundary=x")]
    [InlineData("application/jsonp")]
    [InlineData("application/json; charset=utf-16")]
    [InlineData(null)]
    public async Task Another_content_type_is_415(string? type)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await client.PostAsync(Rpc.Request(1, "ping"), request =>
        {
            request.Content!.Headers.ContentType = null;
            if (type is not null)
            {
                request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
            }
        });
        reply.Expect(HttpStatusCode.UnsupportedMediaType);
        Assert.NotNull(reply.Error["code"]);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8")]
    [InlineData("Application/JSON;charset=\"UTF-8\"")]
    public async Task JSON_with_its_charset_spelled_out_is_accepted(string type)
    {
        using var client = await shared.Server.Client().OpenAsync();
        (await client.PostAsync(Rpc.Request(1, "ping"), request =>
        {
            request.Content!.Headers.ContentType = null;
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        })).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_body_at_the_limit_is_read()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var body = Rpc.Call(1, "echo", new { text = "" });
        body = Rpc.Call(1, "echo", new { text = new string('x', Limit - Encoding.UTF8.GetByteCount(body)) });
        Assert.Equal(Limit, Encoding.UTF8.GetByteCount(body));
        (await client.PostAsync(body)).Expect(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_body_declared_over_the_limit_is_413_before_it_is_sent()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = await RawSocket.SendAsync(shared.Server.Url, Head(client, $"Content-Length: {Limit + 1}"));
        Assert.StartsWith("HTTP/1.1 413 ", reply, StringComparison.Ordinal);
        Assert.True(await client.IsAliveAsync());
    }

    [Fact]
    public async Task A_chunked_body_over_the_limit_is_413()
    {
        using var client = await shared.Server.Client().OpenAsync();
        byte[] chunk = [.. RawSocket.Ascii("10000\r\n"), .. Enumerable.Repeat((byte)'x', 65536), .. RawSocket.Ascii("\r\n")];
        var reply = await RawSocket.SendAsync(
            shared.Server.Url, [Head(client, "Transfer-Encoding: chunked"), .. Enumerable.Repeat(chunk, 70)]);
        Assert.StartsWith("HTTP/1.1 413 ", reply, StringComparison.Ordinal);
        Assert.True(await client.IsAliveAsync());
    }

    [Fact]
    public async Task Headers_without_end_are_431()
    {
        var begin = RawSocket.Ascii("POST /mcp HTTP/1.1\nHost: 127.0.0.1\n");
        var more = RawSocket.Ascii($"X-More: {new string('x', 4000)}\n");
        var reply = await RawSocket.SendAsync(shared.Server.Url, [begin, .. Enumerable.Repeat(more, 10)]);
        Assert.StartsWith("HTTP/1.1 431 ", reply, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", -32700)]
    [InlineData("{", -32700)]
    [InlineData("nonsense", -32700)]
    [InlineData("\"text\"", -32600)]
    [InlineData("{}", -32600)]
    [InlineData("""{"jsonrpc":"1.0","id":1,"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":{},"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":"ping"}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}""", -32700)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":7}""", -32600)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","params":[]}""", -32602)]
    public async Task A_body_that_is_no_message_is_400_with_the_code_of_JSON_RPC(string body, int code)
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = (await client.PostAsync(body)).Expect(HttpStatusCode.BadRequest);
        Assert.StartsWith("application/json", reply.ContentType, StringComparison.Ordinal);
        Assert.Equal("2.0", (string)reply.Json["jsonrpc"]!);
        Assert.Equal(code, reply.ErrorCode);
        Assert.True(await client.IsAliveAsync());
    }

    [Fact]
    public async Task An_unknown_path_is_404_without_a_challenge_to_guess_more()
    {
        using var client = shared.Server.Client(null);
        client.Url = shared.Server.At("/nothing");
        (await client.GetAsync()).Expect(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_tool_that_fails_unforeseen_does_not_tell_why()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var reply = (await client.CallAsync("test_fail")).Expect(HttpStatusCode.OK);
        Assert.True(reply.ToolFailed);
        Assert.DoesNotContain("hunter2", reply.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", reply.Text, StringComparison.Ordinal);
    }

    private static Action<HttpRequestMessage> Accept(string accept) => request =>
    {
        request.Headers.Accept.Clear();
        request.Headers.TryAddWithoutValidation("Accept", accept);
    };

    private static byte[] Head(RawClient client, string length) => RawSocket.Ascii($"""
        POST /mcp HTTP/1.1
        Host: 127.0.0.1
        Authorization: Bearer {client.Key}
        Mcp-Session-Id: {client.SessionId}
        Accept: application/json, text/event-stream
        Content-Type: application/json
        {length}


        """);
}
