using System.Text;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Credentials;
using OrleansMcp.Tests.Upstreams.Tokens;
using OrleansMcp.Upstream.Credentials;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Tests.Upstreams.Exchanges;

/// <summary>The obtained token in the session's vault: exchanged once, used until it expires, renewed once.</summary>
public sealed class ExchangedCredentialTests : IAsyncLifetime
{
    private readonly FakeExchange _call = new("eyJ.eyJ.sig");
    private ExchangeBench _bench = null!;
    private FakeSecrets _secrets = null!;
    private ExchangedCredential _credential = null!;

    public async ValueTask InitializeAsync()
    {
        _bench = await ExchangeBench.StartAsync();
        _secrets = new FakeSecrets(_bench.Time);
        _credential = CredentialOf(_bench.Exchange);
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Requests_use_one_token_until_it_expires()
    {
        await PrepareAsync();
        var first = Current();
        _bench.Time.Advance(TimeSpan.FromSeconds(3539));
        await PrepareAsync();
        Assert.Equal((first, 1), (Current(), _bench.Issuer.Exchanges));
        _bench.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.All(_secrets.Kept.Single().Secret, one => Assert.Equal(0, one)); // Also if nobody asks again.
        Assert.Equal(UpstreamFault.Unavailable, Assert.Throws<UpstreamException>(Current).Fault);
        await PrepareAsync();
        Assert.NotEqual(first, Current());
        Assert.Equal(2, _bench.Issuer.Exchanges);
    }

    [Fact]
    public async Task Calls_at_the_same_time_exchange_once()
    {
        var held = new TaskCompletionSource();
        _bench.Issuer.Hold = held.Task;
        var preparing = Enumerable.Range(0, 20).Select(_ => Task.Run(() => PrepareAsync())).ToArray();
        await Eventually.Holds(() => _bench.Issuer.Requests.Count == 1, "the endpoint was asked");
        held.SetResult();
        Assert.All(await Task.WhenAll(preparing), version => Assert.Equal(1, version));
        Assert.Equal((1, 1), (_bench.Issuer.Exchanges, _bench.Issuer.Requests.Count));
    }

    [Fact]
    public async Task A_call_that_is_cancelled_leaves_the_exchange_to_the_next_with_its_own_token()
    {
        var held = new TaskCompletionSource();
        _bench.Issuer.Hold = held.Task;
        using var cancelling = new CancellationTokenSource();
        var first = _credential.PrepareAsync(new FakeExchange("first"), cancelling.Token).AsTask();
        await Eventually.Holds(() => _bench.Issuer.Requests.Count == 1, "the endpoint was asked");
        var second = _credential.PrepareAsync(new FakeExchange("second"), TestContext.Current.CancellationToken).AsTask();
        await cancelling.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        held.SetResult();
        await second.InTime("the second exchanged its token");
        Assert.True(_bench.Issuer.IsValid(Current(), ExchangeBench.Audience));
        Assert.Contains(_bench.Issuer.Issued, token => token.SubjectHash == ReceivedRequest.HashOf("second"));
    }

    [Fact]
    public async Task A_token_that_is_not_accepted_is_renewed_once_for_all_who_were_refused()
    {
        var version = await PrepareAsync();
        var refused = Current();
        var renewed = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => RenewAsync(version)));
        Assert.All(renewed, Assert.True);
        Assert.Equal(2, _bench.Issuer.Exchanges);
        Assert.NotEqual(refused, Current());
        Assert.All(_secrets.Kept[0].Secret, one => Assert.Equal(0, one));
        await RenewAsync(await PrepareAsync());
        Assert.Equal(3, _bench.Issuer.Exchanges);
    }

    [Fact]
    public async Task A_failed_renewal_leaves_no_token()
    {
        var version = await PrepareAsync();
        _bench.Issuer.Instead = IssuerFaults.Error("invalid_grant");
        await Assert.ThrowsAsync<UpstreamException>(() => RenewAsync(version));
        Assert.Throws<UpstreamException>(Current);
        _bench.Issuer.Instead = null;
        await PrepareAsync();
        Assert.True(_bench.Issuer.IsValid(Current(), ExchangeBench.Audience));
    }

    [Fact]
    public async Task What_belongs_to_no_request_uses_what_there_is_and_exchanges_nothing()
    {
        var missing = await Assert.ThrowsAsync<UpstreamException>(() => _credential.PrepareAsync(exchange: null, TestContext.Current.CancellationToken).AsTask());
        Assert.Equal((UpstreamFault.Unavailable, true), (missing.Fault, missing.IsOfRequest)); // So that listening goes on, once there is one.
        var version = await PrepareAsync();
        Assert.Equal(version, await _credential.PrepareAsync(exchange: null, TestContext.Current.CancellationToken));
        Assert.False(await _credential.RenewAsync(version, exchange: null, TestContext.Current.CancellationToken));
        Assert.Equal(1, _bench.Issuer.Exchanges);
    }

    [Fact]
    public async Task Another_connection_finds_the_token_and_one_that_is_configured_otherwise_does_not()
    {
        await PrepareAsync();
        await CredentialOf(_bench.Exchange).PrepareAsync(_call, TestContext.Current.CancellationToken);
        Assert.Equal(1, _bench.Issuer.Exchanges);
        TokenExchange[] others =
        [
            _bench.Exchange with { Audience = "api://other" }, _bench.Exchange with { Scope = "crm.read" }, _bench.OnBehalfOf,
        ];
        foreach (var other in others)
        {
            await CredentialOf(other).PrepareAsync(_call, TestContext.Current.CancellationToken);
        }

        Assert.Equal(1 + others.Length, _bench.Issuer.Exchanges);
        Assert.All(_secrets.Kept, kept => Assert.False(SecretName.IsValid(kept.Name)));
    }

    [Fact]
    public async Task The_end_of_the_session_zeroes_it_and_counts_it()
    {
        await PrepareAsync();
        Assert.Equal(1, _secrets.Close());
        Assert.All(_secrets.Kept.Single().Secret, one => Assert.Equal(0, one));
        await PrepareAsync(); // A call that is still on its way.
        Assert.All(_secrets.Kept[1].Secret, one => Assert.Equal(0, one));
    }

    private ExchangedCredential CredentialOf(TokenExchange exchange) =>
        new(ExchangeBench.Server, new UpstreamCredential { Exchange = exchange }, exchange, _bench.Endpoint, _secrets);

    private Task<int> PrepareAsync() => _credential.PrepareAsync(_call, TestContext.Current.CancellationToken).AsTask();

    private Task<bool> RenewAsync(int version) => _credential.RenewAsync(version, _call, TestContext.Current.CancellationToken).AsTask();

    private string Current() => _credential.Use(0, static (token, _) => Encoding.ASCII.GetString(token));
}
