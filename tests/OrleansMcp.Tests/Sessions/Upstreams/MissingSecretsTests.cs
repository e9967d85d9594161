using ModelContextProtocol.Protocol;
using OrleansMcp.Configuration;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Protocol;
using OrleansMcp.Secrets;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions.Upstreams;

/// <summary>The question for a secret, asked once for all calls that need it.</summary>
public sealed class MissingSecretsTests
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromMinutes(1);
    private static readonly UpstreamConfiguration s_server = new()
    {
        Name = "github", Url = new("https://mcp.example.com/mcp"), Credential = new UpstreamCredential { Secret = "github", Connect = new("https://connect.example.com/") },
    };

    private readonly SessionBench _bench = new(TestConfiguration.With(new SessionConfiguration { InputTimeout = s_timeout }));
    private readonly MissingSecrets _missing;

    public MissingSecretsTests() => _missing = new MissingSecrets(_bench.Time);

    [Fact]
    public async Task Calls_that_need_it_at_the_same_time_ask_once_and_go_on_together()
    {
        var (first, second, third) = (Call(), Call(), Call());
        Task[] obtaining = [ObtainAsync(first), ObtainAsync(second), ObtainAsync(third)];
        Assert.Equal("elicitation/create", (string?)(await _bench.Streams.NextMessageAsync(first.Sink.Stream!.Id))["method"]);
        Assert.Null(second.Sink.Stream);
        Assert.True(Answer("life-1", "accept"));
        Assert.DoesNotContain(obtaining, one => one.IsCompleted);
        Put();
        await Task.WhenAll(obtaining).InTime("all went on");
        Assert.False(Answer("life-2", "accept"));
    }

    [Fact]
    public async Task A_refusal_counts_for_all_who_waited_and_for_nobody_who_comes_later()
    {
        var (first, second) = (ObtainAsync(Call()), ObtainAsync(Call()));
        Assert.True(Answer("life-1", "decline"));
        await ExpectMissingAsync(first);
        await ExpectMissingAsync(second);
        var later = ObtainAsync(Call());
        Assert.True(Answer("life-2", "accept"));
        Put();
        await later.InTime("the later one went on");
    }

    [Fact]
    public async Task Another_call_asks_when_the_one_that_did_is_cancelled()
    {
        var asker = Call();
        var (asking, joining) = (ObtainAsync(asker), ObtainAsync(Call()));
        asker.Cancel(CancelReason.Client);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking.InTime("the asker ended"));
        await Eventually.Holds(() => Answer("life-2", "accept"), "the other asked");
        Put();
        await joining.InTime("the other went on");
    }

    [Fact]
    public async Task A_cancelled_call_does_not_wait_for_another_that_asks()
    {
        var joiner = Call();
        var (asking, joining) = (ObtainAsync(Call()), ObtainAsync(joiner));
        joiner.Cancel(CancelReason.Client);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => joining.InTime("the joiner ended"));
        Assert.True(Answer("life-1", "accept"));
        Put();
        await asking.InTime("the asker went on");
    }

    [Fact]
    public async Task A_secret_that_does_not_come_is_waited_for_as_long_as_for_any_input()
    {
        var asking = ObtainAsync(Call());
        Assert.True(Answer("life-1", "accept"));
        await Eventually.Holds(
            () =>
            {
                _bench.Time.Advance(s_timeout / 4); // The wait may begin only now.
                return asking.IsCompleted;
            },
            "the wait ended");
        await ExpectMissingAsync(asking);
        await ExpectMissingAsync(UnansweredAsync());

        async Task UnansweredAsync()
        {
            var unanswered = ObtainAsync(Call());
            _bench.Time.Advance(s_timeout);
            await unanswered;
        }
    }

    [Fact]
    public async Task A_secret_that_was_put_before_the_answer_counts()
    {
        var (accepted, declined) = (ObtainAsync(Call()), ObtainAsync(Call()));
        Put();
        Assert.True(Answer("life-1", "decline"));
        await accepted.InTime("it went on");
        await declined.InTime("it went on");
        await ObtainAsync(Call()).InTime("nobody was asked");
    }

    [Fact]
    public async Task The_end_of_the_session_ends_the_wait()
    {
        var asking = ObtainAsync(Call());
        Assert.True(Answer("life-1", "accept"));
        _bench.Vault.Erase();
        await ExpectMissingAsync(asking);
        await ExpectMissingAsync(ObtainAsync(Call(), answer: "accept"));
    }

    [Fact]
    public async Task The_operators_secret_that_cannot_be_read_is_not_asked_for()
    {
        _bench.Configuration.Current = WithSecret(_bench.Configuration.Current);
        await ExpectMissingAsync(ObtainAsync(Call()));
        Assert.False(Answer("life-1", "accept"));
    }

    [Fact]
    public async Task Another_secret_than_the_servers_is_another_matter()
    {
        var other = new SecretUnavailableException("other");
        Assert.Same(other, await Assert.ThrowsAsync<SecretUnavailableException>(() => _missing.ObtainAsync(Call(), s_server, other, _bench.Environment).AsTask()));
    }

    [Theory]
    [InlineData("completion/complete")]
    [InlineData("resources/subscribe")]
    public async Task Requests_that_cannot_ask_do_not(string method)
    {
        await ExpectMissingAsync(ObtainAsync(Call(method)));
        Assert.False(Answer("life-1", "accept"));
    }

    private static async Task ExpectMissingAsync(Task obtaining)
    {
        var missing = await Assert.ThrowsAsync<SecretUnavailableException>(() => obtaining.InTime("it ended"));
        Assert.Equal(("github", "github"), (missing.Name, missing.Server));
    }

    private static ServerConfiguration WithSecret(ServerConfiguration configuration)
    {
        var tenant = configuration.Tenants["acme"];
        var alice = tenant.Clients["alice"] with { Secrets = new Dictionary<string, OrleansMcp.Secrets.References.SecretReference> { ["github"] = new("file", "/nowhere") } };
        return configuration with { Tenants = new Dictionary<string, TenantConfiguration> { ["acme"] = tenant with { Clients = new Dictionary<string, ClientConfiguration> { ["alice"] = alice } } } };
    }

    private Task ObtainAsync(RunningCall call) => _missing.ObtainAsync(call, s_server, new SecretUnavailableException("github"), _bench.Environment).AsTask();

    private async Task ObtainAsync(RunningCall call, string answer)
    {
        var obtaining = ObtainAsync(call);
        Assert.True(Answer("life-2", answer));
        await obtaining;
    }

    private RunningCall Call(string method = Methods.ToolsCall)
    {
        var meta = _bench.Client.Meta! with { Capabilities = new ClientCapabilities { Elicitation = new() { Url = new() } } };
        return new RunningCall(SessionBench.Alice, _bench.Request(method, Rpc.CallParams("github__echo")), meta, _bench.Sink());
    }

    private bool Answer(string id, string action) => _bench.Requests.TryAnswer(SessionBench.Parse(Rpc.Result(id, new { action })));

    private void Put() => _bench.Vault.Open().Vault.Put("github", [.. "hunter2"u8], new SecretLimits(Count: 1, Bytes: 100));
}
