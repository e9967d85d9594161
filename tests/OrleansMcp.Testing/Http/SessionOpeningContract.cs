using System.Net;
using System.Text;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Http;

/// <summary>How sessions come into being, and what does not bring them into being.</summary>
public abstract class SessionOpeningContract(SharedServer shared) : IClassFixture<SharedServer>
{
    [Theory]
    [InlineData("2025-03-26")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public async Task Initialize_opens_a_session_in_the_revision_asked_for(string version)
    {
        using var client = shared.Server.Client();
        var reply = await client.InitializeAsync(version);
        Assert.Equal(version, (string)reply.Result["protocolVersion"]!);
        Assert.NotNull(reply.Result["serverInfo"]!["name"]);
        Assert.NotNull(reply.Result["capabilities"]!["tools"]);
        Assert.NotNull(reply.SessionId);
    }

    [Fact]
    public async Task An_unknown_revision_is_answered_with_one_the_server_speaks()
    {
        using var client = shared.Server.Client();
        var reply = await client.InitializeAsync("1999-12-31");
        Assert.Equal("2025-11-25", (string)reply.Result["protocolVersion"]!);
    }

    [Fact]
    public async Task Session_ids_are_visible_ASCII_and_never_repeat()
    {
        HashSet<string> ids = new(StringComparer.Ordinal);
        using var client = shared.Server.Client();
        for (var i = 0; i < 20; i++)
        {
            var id = (await client.InitializeAsync()).SessionId!;
            Assert.All(id, letter => Assert.InRange(letter, '\x21', '\x7e'));
            Assert.True(Convert.FromBase64String(id.Split('.')[0].Replace('-', '+').Replace('_', '/') + "==").Length >= 16, "128 random bits");
            Assert.True(ids.Add(id));
        }
    }

    [Fact]
    public async Task The_session_id_says_nothing_about_the_owner()
    {
        using var client = await shared.Server.Client().OpenAsync();
        foreach (var word in new[] { "alice", "acme", "demo" })
        {
            Assert.DoesNotContain(word, client.SessionId!, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Convert.ToBase64String(Encoding.UTF8.GetBytes(word)).TrimEnd('='), client.SessionId!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_second_initialize_on_a_live_session_is_an_error_and_changes_nothing()
    {
        using var client = await shared.Server.Client().OpenAsync("2025-06-18");
        var before = await client.IncrementAsync();
        var reply = await client.PostAsync(Rpc.Initialize("again", "2025-06-18"));
        Assert.NotNull(reply.Error["code"]);
        Assert.True(reply.SessionId is null || reply.SessionId == client.SessionId, "No other session was opened.");
        Assert.Equal(before + 1, await client.IncrementAsync());
    }

    [Fact]
    public async Task Initialize_as_a_notification_opens_nothing()
    {
        using var client = shared.Server.Client();
        var reply = await client.PostAsync(Rpc.Notification("initialize", new { protocolVersion = "2025-11-25", capabilities = new { } }));
        Assert.Null(reply.SessionId);
    }

    [Fact]
    public async Task Initialize_without_what_it_needs_opens_nothing()
    {
        using var client = shared.Server.Client();
        var reply = await client.PostAsync(Rpc.Request(1, "initialize", new { capabilities = new { } }));
        Assert.NotNull(reply.Error["code"]);
        Assert.Null(reply.SessionId);
    }

    [Fact]
    public async Task Two_sessions_of_one_client_have_two_states()
    {
        using var first = await shared.Server.Client().OpenAsync();
        using var second = await shared.Server.Client().OpenAsync();
        await first.IncrementAsync();
        await first.IncrementAsync();
        Assert.Equal(1, await second.IncrementAsync());
        Assert.Equal(3, await first.IncrementAsync());
    }

    [Fact]
    public async Task The_replies_of_a_session_are_not_cached()
    {
        using var client = await shared.Server.Client().OpenAsync();
        using var stream = await client.ListenAsync();
        Assert.True(stream.Response.Headers.CacheControl is { NoStore: true } or { NoCache: true });
    }
}
