using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

public sealed class HealthTests(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task Health_needs_no_key_and_tells_nothing(string path)
    {
        using var client = shared.Server.Client(null);
        client.Url = shared.Server.At(path);
        var reply = (await client.SendAsync(client.Request(HttpMethod.Get))).Expect(HttpStatusCode.OK);
        Assert.True(reply.Body.Length < 100, reply.Text);
        Assert.DoesNotContain("acme", reply.Text, StringComparison.Ordinal);
    }
}
