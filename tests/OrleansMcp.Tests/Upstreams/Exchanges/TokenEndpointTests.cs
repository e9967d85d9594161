using System.Text;
using System.Text.Json.Nodes;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Credentials;
using OrleansMcp.Tests.Upstreams.Tokens;
using OrleansMcp.Upstream.Exchanges;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Tests.Upstreams.Exchanges;

/// <summary>The exchange of a caller's token at an endpoint that takes only what the RFCs allow, or does what it should not.</summary>
public sealed class TokenEndpointTests : IAsyncLifetime
{
    private ExchangeBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await ExchangeBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_token_is_exchanged_by_either_grant_and_client_authentication(bool onBehalfOf, bool inBody)
    {
        var exchange = (onBehalfOf ? _bench.OnBehalfOf : _bench.Exchange) with { CredentialsInBody = inBody };
        var obtained = await _bench.ExchangeAsync(exchange);
        Assert.True(_bench.Issuer.IsValid(Encoding.ASCII.GetString(obtained.Token), ExchangeBench.Audience));
        var issued = Assert.Single(_bench.Issuer.Issued);
        Assert.Equal(
            (ReceivedRequest.HashOf("eyJ.eyJ.sig"), onBehalfOf ? TokenGrant.OnBehalfOf : TokenGrant.Exchange), (issued.SubjectHash, issued.Grant));
        Assert.Equal(
            onBehalfOf ? ["api://crm/crm.read", "api://crm/crm.write"] : ["crm.read", "crm.write"], issued.Scopes);
        Assert.Empty(_bench.Log.All);
    }

    [Fact]
    public async Task Everything_that_a_form_encodes_arrives_as_it_was()
    {
        var (subject, scope) = ("a+b/c==&d=%41~*!'()", "ä crm:read+%20 \"x\"");
        _bench.Issuer.Instead = async context =>
        {
            var form = await context.Request.ReadFormAsync();
            Assert.Equal((subject, scope), ((string?)form["subject_token"], (string?)form["scope"]));
            await IssuerFaults.Answer(Answer())(context);
        };
        var obtained = await _bench.ExchangeAsync(_bench.Exchange with { Scope = scope }, new FakeExchange(subject));
        Assert.Equal("obtained", Encoding.ASCII.GetString(obtained.Token));
        var request = Assert.Single(_bench.Issuer.Requests.Kept);
        Assert.Equal(request.Body.Length, int.Parse(request.Headers["Content-Length"], System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(("application/x-www-form-urlencoded", "application/json", "close"), (request.Headers["Content-Type"], request.Headers["Accept"], request.Headers["Connection"]));
    }

    [Fact]
    public async Task An_asker_without_a_secret_only_says_who_it_is()
    {
        _bench.Issuer.Instead = IssuerFaults.Answer(Answer());
        await _bench.ExchangeAsync(_bench.Exchange with { ClientSecret = null });
        var request = Assert.Single(_bench.Issuer.Requests.Kept);
        Assert.EndsWith("&client_id=orleansmcp", request.Text, StringComparison.Ordinal);
        Assert.False(request.Headers.ContainsKey("Authorization"));
        await _bench.ExchangeAsync(_bench.Exchange with { ClientSecret = null, ClientId = null, Audience = null, Scope = "" });
        Assert.Equal(
            ["grant_type", "requested_token_type", "subject_token", "subject_token_type"],
            _bench.Issuer.Requests.Kept[1].Text.Split('&').Select(field => field.Split('=')[0]).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(3600L, 3540)] // a minute less
    [InlineData(60L, 54)] // a tenth less
    [InlineData(1L, 0.9)]
    [InlineData(7200L, 3600)] // an hour at most
    [InlineData(long.MaxValue, 3600)]
    [InlineData(null, 300)]
    public async Task A_token_is_used_for_less_than_it_lives(long? lives, double used)
    {
        _bench.Issuer.ExpiresIn = lives;
        Assert.Equal(TimeSpan.FromSeconds(used), (await _bench.ExchangeAsync()).Lifetime);
    }

    [Fact]
    public async Task A_call_without_a_token_is_told_that_it_needs_one()
    {
        var refused = await Assert.ThrowsAsync<UpstreamException>(() => _bench.ExchangeAsync(call: new FakeExchange()));
        Assert.Equal((UpstreamFault.Unauthorized, true, "upstream_unauthorized"), (refused.Fault, refused.IsOfRequest, refused.Code));
        Assert.Equal(
            "The server 'crm' needs a token that is obtained for a token of the caller's, and this call came without one: it was authenticated by an API key or a certificate.",
            refused.Message);
        Assert.Equal(0, _bench.Issuer.Requests.Count);
    }

    [Fact]
    public async Task A_call_that_is_over_has_no_token_to_exchange()
    {
        var call = new FakeExchange("eyJ.eyJ.sig");
        call.CallerToken!.Dispose();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _bench.ExchangeAsync(call: call));
        Assert.Equal(0, _bench.Issuer.Requests.Count);
    }

    [Theory]
    [InlineData("invalid_grant", 400)]
    [InlineData("invalid_client", 401)]
    [InlineData("invalid_target", 400)]
    [InlineData("interaction_required", 400)]
    public async Task An_error_is_told_by_its_code(string error, int status)
    {
        _bench.Issuer.Instead = IssuerFaults.Error(error, status);
        var refused = await Assert.ThrowsAsync<UpstreamException>(() => _bench.ExchangeAsync());
        Assert.Equal((UpstreamFault.Unauthorized, error, false), (refused.Fault, refused.TokenError, refused.IsOfRequest));
        Assert.Equal($"The server 'crm' needs a token, and its token endpoint gave none for the caller's ({error}).", refused.Message);
        Assert.Equal(error, (string?)refused.Details()["tokenError"]);
        Assert.Contains(error, _bench.Log.All, StringComparison.Ordinal);
        Assert.DoesNotContain("On demand", _bench.Log.All + refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_else_of_an_answer_is_told_or_logged()
    {
        foreach (var instead in new[] { IssuerFaults.Quoting, IssuerFaults.Error("eyJ.eyJ.sig") })
        {
            _bench.Issuer.Instead = instead;
            var refused = await Assert.ThrowsAsync<UpstreamException>(() => _bench.ExchangeAsync());
            foreach (var word in new[] { "eyJ", "hunter2", _bench.Issuer.ClientSecret, "orleansmcp" })
            {
                Assert.DoesNotContain(word, _bench.Log.All + refused, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task What_is_no_token_is_not_used()
    {
        JsonNode?[] answers =
        [
            new JsonArray(), new JsonObject(), With("access_token", null), With("access_token", 7), With("access_token", ""), With("access_token", "a b"), With("access_token", "a\r\nb"),
            With("access_token", "ä"), With("access_token", new JsonArray("a")), With("token_type", null), With("token_type", "DPoP"), With("token_type", 1), With("expires_in", 0),
            With("expires_in", -5), With("expires_in", "soon"), With("expires_in", new JsonObject()),
        ];
        foreach (var instead in answers.Select(answer => IssuerFaults.Answer(answer!)).Append(IssuerFaults.Garbage).Append(IssuerFaults.Oversized(17_000)).Append(IssuerFaults.Oversized(100_000)))
        {
            _bench.Issuer.Instead = instead;
            Assert.Equal(UpstreamFault.Unavailable, (await Assert.ThrowsAsync<UpstreamException>(() => _bench.ExchangeAsync())).Fault);
        }
    }

    [Theory]
    [InlineData("""{"access_token":"obtained","token_type":"bearer","expires_in":"60"}""", 54)]
    [InlineData("""{"x":{"access_token":"other"},"token_type":"N_A","access_token":"\u006fb\u0074ained","expires_in":60.0}""", 54)]
    public async Task Spellings_of_a_token_that_occur_are_understood(string answer, int used)
    {
        _bench.Issuer.Instead = Raw(answer);
        var obtained = await _bench.ExchangeAsync();
        Assert.Equal(("obtained", TimeSpan.FromSeconds(used)), (Encoding.ASCII.GetString(obtained.Token), obtained.Lifetime));
    }

    [Theory]
    [InlineData("""{"access_token":"a","access_token":"b","token_type":"Bearer"}""")]
    [InlineData("""{"access_token":"a","token_type":"Bearer"} {}""")]
    [InlineData("""{"access_token":"a","token_type":"Bearer" """)]
    [InlineData("")]
    public async Task Answers_that_can_be_read_in_two_ways_are_not_used(string answer)
    {
        _bench.Issuer.Instead = Raw(answer);
        await Assert.ThrowsAsync<UpstreamException>(() => _bench.ExchangeAsync());
    }

    [Fact]
    public async Task The_callers_own_token_is_not_taken_for_another()
    {
        _bench.Issuer.Instead = IssuerFaults.Answer(With("access_token", "eyJ.eyJ.sig"));
        var refused = await Assert.ThrowsAsync<UpstreamException>(() => _bench.ExchangeAsync());
        Assert.Contains("gave the caller's own token back, which is not passed on", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        await using var elsewhere = await ExchangeBench.StartAsync();
        _bench.Issuer.Instead = IssuerFaults.Redirect(elsewhere.Issuer.Url);
        var refused = await Assert.ThrowsAsync<UpstreamException>(() => _bench.ExchangeAsync());
        Assert.Contains("redirects", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, elsewhere.Issuer.Requests.Count);
    }

    [Fact]
    public async Task A_private_address_is_not_asked_unless_it_is_said_to_be_private()
    {
        var refused = await Assert.ThrowsAsync<UpstreamException>(() => _bench.ExchangeAsync(_bench.Exchange with { Private = false }));
        Assert.Contains("has a private address", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, _bench.Issuer.Requests.Count);
    }

    [Fact]
    public async Task An_endpoint_that_is_away_or_fails_is_told()
    {
        _bench.Issuer.Instead = IssuerFaults.Status(503);
        Assert.Contains("HTTP 503", (await Assert.ThrowsAsync<UpstreamException>(() => _bench.ExchangeAsync())).Message, StringComparison.Ordinal);
        await _bench.Issuer.StopAsync();
        Assert.Contains("cannot be reached", (await Assert.ThrowsAsync<UpstreamException>(() => _bench.ExchangeAsync())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endpoint_that_does_not_answer_is_waited_for_as_long_as_a_server_may_take_to_open()
    {
        _bench.Issuer.Instead = IssuerFaults.Never;
        var exchanging = _bench.ExchangeAsync();
        await Eventually.Holds(() => _bench.Issuer.Requests.Count == 1, "the endpoint was asked");
        _bench.Time.Advance(ExchangeBench.Server.OpenTimeout - TimeSpan.FromMilliseconds(1));
        Assert.False(exchanging.IsCompleted);
        _bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Contains("did not answer in time", (await Assert.ThrowsAsync<UpstreamException>(() => exchanging)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_of_the_askers_that_cannot_be_read_is_told_and_nobody_is_asked()
    {
        _bench.IsWithoutSecret = true;
        Assert.Contains("cannot be read from its place", (await Assert.ThrowsAsync<UpstreamException>(() => _bench.ExchangeAsync())).Message, StringComparison.Ordinal);
        Assert.Equal(0, _bench.Issuer.Requests.Count);
    }

    [Fact]
    public async Task It_is_charged_as_a_request_of_the_call()
    {
        var call = new FakeExchange("eyJ.eyJ.sig");
        await _bench.ExchangeAsync(call: call);
        Assert.Equal(1, call.Checked);
        Assert.InRange(call.Charged, 300, 1000);
    }

    [Fact]
    public async Task The_askers_secret_is_zeroed()
    {
        foreach (var exchange in new[] { _bench.Exchange, _bench.Exchange with { CredentialsInBody = true } })
        {
            await _bench.ExchangeAsync(exchange);
            Assert.All(_bench.GivenSecret!, one => Assert.Equal(0, one));
        }
    }

    private static JsonObject Answer() => new() { ["access_token"] = "obtained", ["token_type"] = "Bearer", ["expires_in"] = 3600 };

    private static JsonObject With(string member, JsonNode? value)
    {
        var answer = Answer();
        if (value is null)
        {
            answer.Remove(member);
        }
        else
        {
            answer[member] = value;
        }

        return answer;
    }

    private static Microsoft.AspNetCore.Http.RequestDelegate Raw(string answer) => async context =>
    {
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer));
    };
}
