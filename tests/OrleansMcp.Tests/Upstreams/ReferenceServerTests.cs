using System.Net;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Upstreams;

/// <summary>The reference server of the protocol's makers behind ours: sessions of one client and of different tenants use it at once.</summary>
[Trait(Rounds.Trait, Rounds.MoreAtNight)]
public sealed class ReferenceServerTests : IAsyncLifetime
{
    private static readonly object s_capabilities = new { elicitation = new { }, sampling = new { }, roots = new { } };

    private EverythingUpstream _upstream = null!;
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _upstream = await EverythingUpstream.StartAsync();
        _server = await TestServer.StartAsync(new TestServerOptions { Configuration = UpstreamWorld.Configure(TestConfiguration.With(), ("every", _upstream.Url)) });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _upstream.DisposeAsync();
    }

    [Fact]
    public async Task Two_sessions_of_one_client_and_one_of_another_tenant_use_it_at_once_and_see_nothing_of_each_other()
    {
        string[] keys = [TestConfiguration.Alice, TestConfiguration.Alice, TestConfiguration.Carol];
        RawClient[] clients = [.. await Task.WhenAll(keys.Select(key => _server.Client(key).OpenAsync(capabilities: s_capabilities)))];
        await Task.WhenAll(clients.Select(UseAllAsync));
        Assert.Equal((3, 3), (_upstream.SessionsOpened, _upstream.SessionsOpen));
        foreach (var client in clients)
        {
            Assert.Equal(1, (int)(await client.DeleteAsync()).Expect(HttpStatusCode.OK).Json["serversClosed"]!);
        }

        await Eventually.Holds(() => _upstream.SessionsOpen == 0, "none was left at the server");
    }

    [Fact]
    public async Task Of_many_sessions_none_is_left_at_it()
    {
        var sessions = Rounds.Of(withEveryChange: 20, atNight: 200);
        await Parallel.ForEachAsync(Enumerable.Range(0, sessions), new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (number, _) =>
        {
            using var client = await PatientClient.OpenAsync(_server.Url);
            Assert.Equal($"Echo: {number}", await client.CallTextAsync("every__echo", new { message = $"{number}" }));
            (await client.DeleteAsync()).Expect(HttpStatusCode.OK);
        });
        await Eventually.Holds(() => (_upstream.SessionsOpened, _upstream.SessionsOpen) == (sessions, 0), "none was left at the server");
    }

    /// <summary>What one session does, while others do the same: all that comes back is its own.</summary>
    private static async Task UseAllAsync(RawClient client, int number)
    {
        var tools = (await client.PostAsync(Rpc.Request(1, "tools/list"))).Text;
        Assert.Contains("every__get-sum", tools, StringComparison.Ordinal);
        await ProgressAsync(client, steps: number + 3);
        await ElicitAsync(client, $"user-{number}");
        await SampleAsync(client, $"model-{number}");

        var structured = await client.CallAsync("every__get-structured-content", new { location = "Chicago" });
        Assert.NotNull(structured.Result["structuredContent"]!["temperature"]);
        var uri = $"every+demo://resource/dynamic/text/{number + 1}";
        var read = (await client.PostAsync(Rpc.Request(2, "resources/read", new { uri }))).Result["contents"]![0]!;
        Assert.Equal(uri, (string)read["uri"]!);
        Assert.Contains($"Resource {number + 1}", (string)read["text"]!, StringComparison.Ordinal);
        var prompt = await client.PostAsync(Rpc.Request(3, "prompts/get", new { name = "every__args-prompt", arguments = new { city = $"Town {number}" } }));
        Assert.Contains($"Town {number}", prompt.Result["messages"]!.ToJsonString(), StringComparison.Ordinal);
        var completed = await client.PostAsync(Rpc.Request(4, "completion/complete", new
        {
            @ref = new { type = "ref/prompt", name = "every__completable-prompt" }, argument = new { name = "department", value = "E" },
        }));
        Assert.Equal("Engineering", (string)completed.Result["completion"]!["values"]![0]!);
    }

    private static async Task ProgressAsync(RawClient client, int steps)
    {
        // All of them use the same token.
        var reply = await client.PostAsync(Rpc.Call(5, "every__trigger-long-running-operation", new { duration = 0.2, steps }, progressToken: 1));
        var told = reply.Events.Where(static one => one.Method == NotificationMethods.ProgressNotification).Select(static one => one.Json["params"]!).ToList();
        Assert.Equal(Enumerable.Range(1, steps), told.Select(static one => (int)one["progress"]!));
        Assert.All(told, one => Assert.Equal((steps, 1), ((int)one["total"]!, (int)one["progressToken"]!)));
    }

    private static async Task ElicitAsync(RawClient client, string name)
    {
        var answered = await AnswerAsync(client, "every__trigger-elicitation-request", arguments: null, RequestMethods.ElicitationCreate, new { action = "accept", content = new { name } });
        Assert.Contains(name, answered, StringComparison.Ordinal);
    }

    private static async Task SampleAsync(RawClient client, string model)
    {
        var answered = await AnswerAsync(client, "every__trigger-sampling-request", new { prompt = "Say something.", maxTokens = 10 }, RequestMethods.SamplingCreateMessage, new
        {
            role = "assistant", model, content = new { type = "text", text = "Something." },
        });
        Assert.Contains(model, answered, StringComparison.Ordinal);
    }

    /// <summary>Calls a tool that asks its client for something, answers, and returns what the tool says.</summary>
    private static async Task<string> AnswerAsync(RawClient client, string tool, object? arguments, string method, object answer)
    {
        using var call = await client.PostForStreamAsync(Rpc.Call(6, tool, arguments));
        (await client.AnswerAsync(await call.Events.UntilMethodAsync(method), answer)).Expect(HttpStatusCode.Accepted);
        var result = (await call.Events.UntilAnswerAsync()).Json["result"] as JsonObject;
        return Assert.IsType<JsonArray>(result?["content"]).ToJsonString();
    }
}
