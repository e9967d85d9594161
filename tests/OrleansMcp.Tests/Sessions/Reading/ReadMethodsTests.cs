using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using OrleansMcp.Authorization;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Secrets;

namespace OrleansMcp.Tests.Sessions.Reading;

public sealed class ReadMethodsTests
{
    private readonly SessionBench _bench = new();
    private readonly SessionBench _principal = new(isPrincipal: true);

    [Fact]
    public async Task A_resource_is_read_by_its_uri_or_through_the_template_that_yields_it()
    {
        Assert.Equal("the one", await ReadAsync("bench://one"));
        Assert.Equal("item 7", await ReadAsync("bench://items/7"));
    }

    [Fact]
    public async Task What_is_read_is_what_was_judged()
    {
        _bench.Permit("resource:bench://items/a*");
        Assert.Equal("item ab", await ReadAsync("bench://items/%61b"));
        Assert.Equal("item ab", await ReadAsync("bench://%69tems/ab")); // The template itself does not match this spelling.
        await Assert.ThrowsAsync<PermissionDeniedException>(() => ReadAsync("bench://items/b"));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => ReadAsync("bench://items/%62"));
    }

    [Fact]
    public async Task A_refusal_does_not_tell_whether_there_is_such_a_resource()
    {
        _bench.Permit("resource:bench://items/*", "prompt:other");
        var known = await Assert.ThrowsAsync<PermissionDeniedException>(() => ReadAsync("bench://one"));
        var unknown = await Assert.ThrowsAsync<PermissionDeniedException>(() => ReadAsync("bench://two"));
        Assert.Equal(known.Message.Replace("one", "two", StringComparison.Ordinal), unknown.Message);
        await Assert.ThrowsAsync<PermissionDeniedException>(() => PromptAsync("bench_paint"));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => PromptAsync("unknown"));
        Assert.Equal(4, _bench.Raised(SignalName.PermissionDenied));
    }

    [Fact]
    public async Task A_resource_that_is_not_there_is_told_in_the_code_of_its_revision()
    {
        Assert.Equal(-32002, (int)(await Unknown(_bench)).ErrorCode);
        Assert.Equal(-32602, (int)(await Unknown(_principal)).ErrorCode);

        static async Task<McpProtocolException> Unknown(SessionBench bench) => await Assert.ThrowsAnyAsync<McpProtocolException>(
            () => bench.Reads.ReadResourceAsync(bench.Call("resources/read", new { uri = "bench://two" })).AsTask());
    }

    [Fact]
    public async Task A_prompt_is_given_with_its_arguments()
    {
        var given = (await PromptAsync("bench_paint", new { colour = "red" })).Json();
        Assert.Equal("Paint it red.", (string?)given["result"]!["messages"]![0]!["content"]!["text"]);
        await Assert.ThrowsAsync<McpProtocolException>(() => PromptAsync("bench_paint"));
        await Assert.ThrowsAsync<McpProtocolException>(() => PromptAsync("unknown"));
    }

    [Fact]
    public async Task A_completion_is_given_for_what_may_be_used()
    {
        var values = (await CompleteAsync("bench_paint")).Json()["result"]!["completion"]!["values"]!.AsArray().Select(value => (string?)value);
        Assert.Equal(["red", "rose"], values);
        _bench.Permit("prompt:other", "resource:bench://one");
        await Assert.ThrowsAsync<PermissionDeniedException>(() => CompleteAsync("bench_paint"));
        await Assert.ThrowsAsync<PermissionDeniedException>(() => CompleteAsync("bench://items/{id}", isResource: true));
        _bench.Permit("resource:bench://items/a*");
        await CompleteAsync("bench://items/{id}", isResource: true);
    }

    [Fact]
    public async Task A_handler_runs_when_the_operators_secrets_were_read()
    {
        var source = new GatedSource();
        _bench.SecretSources.Add(source);
        _bench.Reserve("token");
        var reading = ReadAsync("bench://one");
        await source.Gate.Entered;
        Assert.False(reading.IsCompleted);
        source.Gate.Open();
        Assert.Equal("the one", await reading.InTime("it was read"));
    }

    [Fact]
    public async Task Requests_without_their_params_are_refused()
    {
        await Assert.ThrowsAsync<JsonException>(() => _bench.Reads.ReadResourceAsync(_bench.Call("resources/read")).AsTask());
        await Assert.ThrowsAsync<McpProtocolException>(() => ReadAsync(null!));
        await Assert.ThrowsAsync<JsonException>(() => _bench.Reads.CompleteAsync(_bench.Call("completion/complete")).AsTask());
    }

    private async Task<string?> ReadAsync(string uri) =>
        (string?)(await _bench.Reads.ReadResourceAsync(_bench.Call("resources/read", new { uri }))).Json()["result"]!["contents"]![0]!["text"];

    private Task<byte[]> PromptAsync(string name, object? arguments = null) =>
        _bench.Reads.GetPromptAsync(_bench.Call("prompts/get", new { name, arguments = arguments ?? new { } })).AsTask();

    private Task<byte[]> CompleteAsync(string name, bool isResource = false)
    {
        var reference = isResource
            ? new JsonObject { ["type"] = "ref/resource", ["uri"] = name }
            : new JsonObject { ["type"] = "ref/prompt", ["name"] = name };
        return _bench.Reads.CompleteAsync(
            _bench.Call("completion/complete", new { @ref = reference, argument = new { name = "colour", value = "r" } })).AsTask();
    }
}
