using System.Net;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Isolation;

/// <summary>Unknown, forged and ended ids cost nothing durable, and no memory that stays.</summary>
public abstract class UnknownIdContract(SharedServer shared) : IClassFixture<SharedServer>
{
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
        using var owner = await shared.Server.Client().OpenAsync();
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
        using var owner = await shared.Server.Client().OpenAsync();
        var id = owner.SessionId!;
        foreach (var other in new[] { id + "=", id + " x", id.ToUpperInvariant(), id + "." + id, "%20" + id, id[..^1] + (char)(id[^1] ^ 1) })
        {
            owner.SessionId = other;
            var reply = await owner.PostAsync(Rpc.Request(1, "ping"));
            Assert.True(reply.Status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, $"{other}: {(int)reply.Status}");
        }

        owner.SessionId = id;
        var twice = await owner.PostAsync(
            Rpc.Request(1, "ping"), request => request.Headers.TryAddWithoutValidation("Mcp-Session-Id", StrangerProbe.NeverIssued));
        Assert.True(twice.Status is HttpStatusCode.NotFound or HttpStatusCode.BadRequest, twice.Text);
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
}
