using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

public sealed class ConcurrencyLimitTests
{
    [Fact]
    public async Task A_session_runs_a_bounded_number_of_requests_and_says_so_beyond_it()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With(new SessionConfiguration { MaxConcurrentRequests = 2 }),
        });
        using var client = await server.Client().OpenAsync();
        using var first = await client.PostForStreamAsync(Rpc.Call("a", "test_progress", new { gate = "a", steps = 1 }, progressToken: 1));
        using var second = await client.PostForStreamAsync(Rpc.Call("b", "test_progress", new { gate = "b", steps = 1 }, progressToken: 2));
        Assert.Equal(429, (int)(await client.CallAsync("echo", new { text = "x" })).Status);

        (await client.PostAsync(Rpc.Notification("notifications/cancelled", new { requestId = "a" }))).Expect(System.Net.HttpStatusCode.Accepted);
        await Eventually.Holds(async () => (await client.CallAsync("echo", new { text = "x" })).Status == System.Net.HttpStatusCode.OK, "a place became free");
        server.Gates["b"].Open(); // a server that stops waits for its calls
    }
}
