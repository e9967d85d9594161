using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

public sealed class HealthTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("/healthz", "alive\n")]
    [InlineData("/readyz", "ready\n")]
    public async Task Health_needs_no_key_and_tells_nothing(string path, string expected)
    {
        using var client = new HttpClient();
        using var reply = await client.GetAsync(shared.Server.At(path));
        Assert.Equal((HttpStatusCode.OK, expected), (reply.StatusCode, await reply.Content.ReadAsStringAsync()));
        Assert.Equal("text/plain; charset=utf-8", reply.Content.Headers.ContentType?.ToString());
        Assert.DoesNotContain(reply.Headers, static header => header.Key is not ("Date" or "Transfer-Encoding"));
    }

    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Health_is_read_and_nothing_else(string path)
    {
        using var client = new HttpClient();
        using var head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, shared.Server.At(path)));
        Assert.Equal((HttpStatusCode.OK, ""), (head.StatusCode, await head.Content.ReadAsStringAsync()));
        using var post = await client.PostAsync(shared.Server.At(path), content: null);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, post.StatusCode);
    }

    [Fact]
    public async Task Of_what_is_not_well_the_first_is_told_and_no_message_of_an_exception()
    {
        Func<HealthCheckResult> first = static () => HealthCheckResult.Healthy(), second = first;
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Customise = builder => builder.Services.AddHealthChecks().AddCheck("first", () => first()).AddCheck("second", () => second()),
        });
        Assert.Equal((HttpStatusCode.OK, "ready\n"), await ReadyAsync(server));
        second = static () => HealthCheckResult.Unhealthy("is away");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "second: is away\n"), await ReadyAsync(server));
        first = static () => throw new IOException("/the/path of something");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "first: failed\n"), await ReadyAsync(server));
    }

    [Fact]
    public async Task A_process_that_was_told_to_stop_says_so_and_asks_nothing_else()
    {
        var asked = 0;
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Customise = builder => builder.Services.AddHealthChecks().AddCheck("other", () =>
            {
                asked++;
                return HealthCheckResult.Unhealthy("is away");
            }),
        });
        server.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "stopping\n"), await ReadyAsync(server));
        Assert.Equal(0, asked);
    }

    private static async Task<(HttpStatusCode Status, string Text)> ReadyAsync(TestServer server)
    {
        using var client = new HttpClient();
        using var reply = await client.GetAsync(server.At("/readyz"));
        return (reply.StatusCode, await reply.Content.ReadAsStringAsync());
    }
}
