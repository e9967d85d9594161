using System.Net;
using System.Security.Cryptography;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Isolation;

/// <summary>Unknown and forged ids by the thousand: no file, no actor, no memory that stays.</summary>
[Collection(Alone.Collection)]
public sealed class UnknownIdLoadTests
{
    private const int Many = 10_000;

    [Fact]
    public async Task Ten_thousand_unknown_or_forged_ids_leave_no_file_no_actor_and_no_growth()
    {
        await using var server = await TestServer.StartAsync();
        using var owner = await server.Client().OpenAsync();
        await owner.IncrementAsync();
        await SendAsync(server, owner, 500);
        var files = Snapshot(server);
        var actors = server.LiveActors;
        var bytes = GC.GetTotalMemory(forceFullCollection: true);

        await SendAsync(server, owner, Many);

        Assert.Equal(files, Snapshot(server));
        Assert.Equal(actors, server.LiveActors);
        var growth = GC.GetTotalMemory(forceFullCollection: true) - bytes;
        Assert.True(growth < 4 * 1024 * 1024, $"Memory grew by {growth:n0} bytes.");
        Assert.Equal(2, await owner.IncrementAsync());
        Assert.True(server.Signals["forged_session_id"] >= Many / 2);

        // Each counts, but what anybody can cause for nothing is written down once a minute.
        var lines = server.ReadAudit().Split('\n').Count(line => line.Contains("forged_session_id", StringComparison.Ordinal));
        Assert.InRange(lines, 1, 10);
    }

    private static async Task SendAsync(TestServer server, RawClient owner, int count)
    {
        using var client = server.Client();
        client.Version = "2025-11-25";
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            int number;
            while ((number = Interlocked.Increment(ref next)) <= count)
            {
                var id = Make(number, owner.SessionId!);
                var request = client.Request(Method(number), request =>
                {
                    request.Headers.TryAddWithoutValidation("Mcp-Session-Id", id);
                    request.Headers.TryAddWithoutValidation("Accept", "application/json, text/event-stream");
                    if (request.Method == HttpMethod.Post)
                    {
                        request.Content = RawClient.Json(Rpc.Call(number, "increment"));
                    }
                });
                (await client.SendAsync(request)).Expect(HttpStatusCode.NotFound);
            }
        }));
    }

    private static HttpMethod Method(int number) => (number % 10) switch
    {
        0 => HttpMethod.Delete,
        1 => HttpMethod.Get,
        _ => HttpMethod.Post,
    };

    private static string Make(int number, string owned) => (number % 4) switch
    {
        0 => Guid.NewGuid().ToString(),
        1 => $"{Random64(16)}.{Random64(16)}.{Random64(20)}",
        2 => $"{Random64(16)}{owned[22..]}",
        _ => $"s-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}",
    };

    private static string Random64(int bytes) =>
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(bytes)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string Snapshot(TestServer server) => string.Join('\n', server.StateFiles().Select(row => $"{row}: {server.ReadState(row)}"));
}
