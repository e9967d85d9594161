using System.Net;
using ModelContextProtocol.Protocol;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Stock;

namespace OrleansMcp.Tests.Upstreams;

/// <summary>Nothing crosses: two sessions of one client, and those of different tenants, use the same servers at once and see nothing of each other.</summary>
public abstract class ApartContract(UpstreamWorld world) : IClassFixture<UpstreamWorld>
{
    private UpstreamWorld World => world;

    [Fact]
    public async Task Each_session_has_a_session_of_its_own_at_the_server_with_its_own_state()
    {
        var (first, second, stranger) = (await OpenAsync(), await OpenAsync(), await OpenAsync(TestConfiguration.Carol));
        Assert.Equal("1", await first.CallTextAsync("old__count"));
        Assert.Equal("2", await first.CallTextAsync("old__count"));
        Assert.Equal("1", await second.CallTextAsync("old__count"));
        Assert.Equal("1", await stranger.CallTextAsync("old__count"));
        Assert.Equal("3", await first.CallTextAsync("old__count"));
    }

    [Fact]
    public async Task Progress_goes_to_the_call_it_belongs_to_also_when_all_use_the_same_token()
    {
        RawClient[] clients = [await OpenAsync(), await OpenAsync(), await OpenAsync(TestConfiguration.Carol)];
        var replies = await Task.WhenAll(clients.Select(async (client, number) =>
        {
            await Task.Yield();
            return await client.PostAsync(Rpc.Call(1, "old__progress", new { steps = 20, message = $"of {number}" }, progressToken: 1));
        }));
        for (var number = 0; number < replies.Length; number++)
        {
            var told = replies[number].Events.Where(static one => one.Method is not null).Select(static one => (string)one.Json["params"]!["message"]!).ToList();
            Assert.Equal(Enumerable.Range(1, 20).Select(step => $"of {number} {step}"), told);
        }
    }

    [Fact]
    public async Task A_question_is_asked_of_the_session_that_called_and_no_other_can_answer_it()
    {
        object capabilities = new { elicitation = new { } };
        var (asked, other) = (await OpenAsync(capabilities: capabilities), await OpenAsync(capabilities: capabilities));
        using var listening = await other.ListenAsync();
        using var call = await asked.PostForStreamAsync(Rpc.Call(1, "old__ask"));
        var question = await call.Events.UntilMethodAsync(RequestMethods.ElicitationCreate);
        Assert.StartsWith("old: ", (string)question.Json["params"]!["message"]!, StringComparison.Ordinal);

        object answer = new { action = "accept", content = new { colour = "red" } };
        (await other.AnswerAsync(question, answer)).Expect(HttpStatusCode.BadRequest);
        (await asked.AnswerAsync(question, new { action = "accept", content = new { colour = "green" } })).Expect(HttpStatusCode.Accepted);
        var answered = await call.Events.UntilAnswerAsync();
        Assert.Equal("green", (string)answered.Json["result"]!["content"]![0]!["text"]!);
    }

    [Fact]
    public async Task What_the_server_knows_its_sessions_by_reaches_no_client()
    {
        var (client, stranger) = (await OpenAsync(), await OpenAsync(TestConfiguration.Carol));
        var seen = new List<string>();
        foreach (var one in new[] { client, stranger })
        {
            seen.Add((await one.PostAsync(Rpc.Request(1, "tools/list"))).Text);
            seen.Add((await one.CallAsync("old__meta")).Text);
            seen.Add((await one.CallAsync("old__throw")).Text);
            seen.Add((await one.CallAsync("old__progress", new { steps = 2 })).Text);
            seen.Add((await one.PostAsync(Rpc.Request(2, "resources/read", new { uri = "old+" + StockContent.Guide }))).Text);
        }

        Assert.NotEmpty(World.Old.SessionIds);
        Assert.All(World.Old.SessionIds, id => Assert.All(seen, text => Assert.DoesNotContain(id, text, StringComparison.Ordinal)));
        Assert.False(World.Old.Requests.Contain(client.SessionId!), "the server was told a session id of ours");
        Assert.False(World.Old.Requests.Contain(TestConfiguration.Alice), "the server was told a caller's own key");
    }

    [Fact]
    public async Task What_a_client_may_not_use_of_a_server_it_neither_sees_nor_reaches()
    {
        await using var server = await TestServer.StartAsync(new TestServerOptions
        {
            Configuration = UpstreamWorld.Configure(TestConfiguration.With(), ("old", World.Old.Url), ("new", World.New.Url))
                .Permitting("acme", "alice", "tool:old__echo", "resource:old+stock://notes/*").Permitting("acme", "bob", "tool:whoami"),
        });
        var (alice, bob) = (await server.Client().OpenAsync(), await server.Client(TestConfiguration.Bob).OpenAsync());
        var asked = (World.Old.SessionsOpened, World.New.Requests.Count);
        Assert.Equal(["whoami"], await ToolsAsync(bob));
        Assert.Empty((await bob.PostAsync(Rpc.Request(3, "resources/list"))).Result["resources"]!.AsArray());
        Assert.Equal(asked, (World.Old.SessionsOpened, World.New.Requests.Count)); // Nobody is asked for what nobody would be shown.
        Assert.Equal(["old__echo"], await ToolsAsync(alice));
        Assert.Equal((asked.SessionsOpened + 1, asked.Count), (World.Old.SessionsOpened, World.New.Requests.Count));
        Assert.Equal("permission_denied", Code(await alice.CallAsync("old__count")));
        Assert.Equal("permission_denied", Code(await bob.CallAsync("old__echo", new { text = "x" })));
        Assert.Equal("permission_denied", Code(await alice.CallAsync("new__echo", new { text = "x" })));
        Assert.Equal("The note 'a'.", (string)(await ReadAsync(alice, "old+stock://notes/a")).Result["contents"]![0]!["text"]!);
        Assert.NotNull((await ReadAsync(alice, "old+stock://guide")).Error);
        Assert.NotNull((await ReadAsync(alice, "old+stock://notes/../guide")).Error);
    }

    private async Task<RawClient> OpenAsync(string key = TestConfiguration.Alice, object? capabilities = null) => await World.Server.Client(key).OpenAsync(capabilities: capabilities);

    private static Task<RawReply> ReadAsync(RawClient client, string uri) => client.PostAsync(Rpc.Request(1, "resources/read", new { uri }));

    private static string Code(RawReply reply) => (string)reply.Result["structuredContent"]!["code"]!;

    private static async Task<string[]> ToolsAsync(RawClient client) =>
        [.. (await client.PostAsync(Rpc.Request(1, "tools/list"))).Result["tools"]!.AsArray().Select(static tool => (string)tool!["name"]!)];
}
