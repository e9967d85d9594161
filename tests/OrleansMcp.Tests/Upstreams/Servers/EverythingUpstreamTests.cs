using ModelContextProtocol.Client;
using OrleansMcp.Tests.Clients;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Upstreams.Servers;

/// <summary>The reference server by itself.</summary>
public sealed class EverythingUpstreamTests
{
    [Fact]
    public async Task It_offers_what_is_said_of_it_and_ends_with_its_test()
    {
        Uri url;
        await using (var upstream = await EverythingUpstream.StartAsync())
        {
            url = upstream.Url;
            await using (var client = await UpstreamClient.ConnectAsync(url, UpstreamEra.Sessions))
            {
                var tools = (await client.ListToolsAsync()).Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal);
                Assert.Superset(new HashSet<string>(StringComparer.Ordinal) { "echo", "get-sum", "get-structured-content", "trigger-long-running-operation" }, tools);
                Assert.Contains("hello", await client.CallTextAsync("echo", ("message", "hello")));
                Assert.Contains((await client.ListResourcesAsync()), resource => resource.Uri == "demo://resource/static/document/features.md");
                Assert.Contains((await client.ListPromptsAsync()), prompt => prompt.Name == "args-prompt");
                Assert.Equal("{\"PORT\":\"0\"}", string.Concat((await client.CallTextAsync("get-env")).Where(character => !char.IsWhiteSpace(character))));
                await Eventually.Holds(() => (upstream.SessionsOpened, upstream.SessionsOpen) == (1, 1), "the session was counted");
            }

            await Eventually.Holds(() => upstream.SessionsOpen == 0, "the session was ended");
        }

        using var http = new HttpClient();
        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetAsync(url));
    }

    [Fact]
    public async Task It_ends_when_the_process_that_started_it_is_gone()
    {
        var script = Path.Combine(Repository.Root, "tests", "upstreams", "everything.mjs");
        await using var process = NodePackages.Start(script, []); // nobody holds its input
        (await process.EndAsync(Eventually.Deadline)).ExpectSuccess();
    }
}
