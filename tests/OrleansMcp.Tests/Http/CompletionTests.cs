using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>Prompts, resources and completion as the demo offers them.</summary>
public sealed class CompletionTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Fact]
    public async Task Every_listed_prompt_can_be_fetched_or_says_what_it_misses()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var prompts = (await client.PostAsync(Rpc.Request(1, "prompts/list"))).Expect(HttpStatusCode.OK).Result["prompts"]!.AsArray();
        foreach (var prompt in prompts)
        {
            var arguments = (prompt!["arguments"]?.AsArray() ?? [])
                .ToDictionary(argument => (string)argument!["name"]!, _ => "x", StringComparer.Ordinal);
            var reply = await client.PostAsync(Rpc.Request(2, "prompts/get", new { name = (string)prompt["name"]!, arguments }));
            Assert.NotEmpty(reply.Result["messages"]!.AsArray());
        }
    }

    [Fact]
    public async Task Every_listed_resource_can_be_read()
    {
        using var client = await shared.Server.Client().OpenAsync();
        var resources = (await client.PostAsync(Rpc.Request(1, "resources/list"))).Expect(HttpStatusCode.OK).Result["resources"]!.AsArray();
        Assert.NotEmpty(resources);
        foreach (var resource in resources)
        {
            var reply = await client.PostAsync(Rpc.Request(2, "resources/read", new { uri = (string)resource!["uri"]! }));
            Assert.NotEmpty(reply.Result["contents"]!.AsArray());
        }
    }

    [Fact]
    public async Task An_unknown_resource_is_an_error()
    {
        using var client = await shared.Server.Client().OpenAsync();
        Assert.Equal(-32002, (await client.PostAsync(Rpc.Request(1, "resources/read", new { uri = "test://nowhere" }))).ErrorCode);
    }

    [Fact]
    public async Task Completion_answers_with_values_that_begin_like_the_input()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions { Customise = TestPrompt.Register });
        using var client = await server.Client().OpenAsync();
        var reply = await client.PostAsync(Rpc.Request(1, "completion/complete", new
        {
            @ref = new { type = "ref/prompt", name = "test_colour" },
            argument = new { name = "colour", value = "r" },
        }));
        Assert.Equal(["red", "rose"], reply.Result["completion"]!["values"]!.AsArray().Select(value => (string)value!));
    }
}
