using Microsoft.Extensions.Logging;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Hostile;

/// <summary>Clients that are gone in the middle of a request are no failure of the server, and nothing of theirs remains.</summary>
[Collection(Alone.Collection)]
public sealed class VanishingClientTests
{
    private const int Many = 5_000;
    private const int AtOnce = 16;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Clients_that_vanish_in_the_middle_of_a_body_are_no_error(bool chunked)
    {
        var errors = new ErrorLog();
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = TestConfiguration.With(),
            Customise = builder => builder.Logging.AddProvider(errors),
        });
        using var client = await server.Client().OpenAsync();
        var target = new Target(server.Url.Port, client.SessionId!, "", "", "");
        var request = target.Post(target.Victim).Without("Connection");
        var bytes = chunked ? request.Chunks("5\r\n{\"jso").ToBytes() : request.Body(Target.Increment).With("Content-Length", "500").ToBytes();
        await Parallel.ForAsync(0, Many, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (_, _) =>
            await Wire.SendAsync(target.Port, new HostileRequest("vanishes", bytes, Expectation.BrokenHttp, Farewell.Vanishes)));

        Assert.Equal(1, await client.IncrementAsync());
        await server.StopAsync();
        errors.ExpectNone();
    }
}
