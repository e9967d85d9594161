using System.Net;
using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Isolation;

/// <summary>Unknown, forged and ended ids cost nothing durable, and no memory that stays.</summary>
public sealed class UnknownIdTests
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
    }

    [Fact]
    public async Task A_forged_id_is_told_apart_from_a_foreign_one_by_the_operator_only()
    {
        await using var server = await TestServer.StartAsync();
        using var owner = await server.Client().OpenAsync();
        var parts = owner.SessionId!.Split('.');
        var before = server.Signals["forged_session_id"];
        using var bob = owner.As(TestConfiguration.Bob);
        bob.SessionId = $"{parts[0]}.{new string('A', parts[1].Length)}.{parts[2]}";
        var forged = (await bob.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound);
        bob.SessionId = owner.SessionId;
        var foreign = (await bob.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound);
        Assert.Equal(forged.Fingerprint, foreign.Fingerprint);
        await Eventually.Holds(() => server.Signals["forged_session_id"] == before + 1, "the forged id was counted");
        await Eventually.Holds(() => server.Signals["cross_session_attempt"] == 1, "the foreign id was counted");
    }

    [Fact]
    public async Task The_owner_with_a_part_of_the_id_changed_is_turned_away()
    {
        await using var server = await TestServer.StartAsync();
        using var owner = await server.Client().OpenAsync();
        var id = owner.SessionId!;
        for (var i = 0; i < id.Length; i += 3)
        {
            var letters = id.ToCharArray();
            letters[i] = letters[i] == 'A' ? 'B' : 'A';
            owner.SessionId = new string(letters);
            (await owner.PostAsync(Rpc.Request(1, "ping"))).Expect(HttpStatusCode.NotFound);
        }

        owner.SessionId = id;
        Assert.True(await owner.IsAliveAsync());
    }

    [Fact]
    public async Task An_id_has_one_spelling()
    {
        await using var server = await TestServer.StartAsync();
        using var owner = await server.Client().OpenAsync();
        var id = owner.SessionId!;
        foreach (var other in new[] { id + "=", id + " x", id.ToUpperInvariant(), id + "." + id, "%20" + id, id[..^1] + (char)(id[^1] ^ 1) })
        {
            owner.SessionId = other;
            var reply = await owner.PostAsync(Rpc.Request(1, "ping"));
            Assert.True(reply.Status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{other}: {(int)reply.Status}");
        }

        owner.SessionId = id;
        (await owner.PostAsync(Rpc.Request(1, "ping"), request => request.Headers.TryAddWithoutValidation("Mcp-Session-Id", id + "x")))
            .Expect(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Opening_and_ending_sessions_a_hundred_times_leaves_no_actor()
    {
        await using var server = await TestServer.StartAsync();
        var actors = server.LiveActors;
        for (var i = 0; i < 100; i++)
        {
            using var client = await server.Client().OpenAsync();
            (await client.DeleteAsync()).Expect(HttpStatusCode.OK);
        }

        await Eventually.Holds(() => server.LiveActors == actors, "the actors of ended sessions left");
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

    private static string Snapshot(TestServer server) =>
        server.StateFiles().Aggregate(new StringBuilder(), (text, file) => text.Append(file).Append(' ')
            .Append(new FileInfo(Path.Combine(server.DataFolder, file)).Length).Append('\n')).ToString();
}
