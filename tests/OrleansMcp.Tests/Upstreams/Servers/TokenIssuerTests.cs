using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Tokens;

namespace OrleansMcp.Tests.Upstreams.Servers;

/// <summary>The token endpoint by itself.</summary>
public sealed class TokenIssuerTests : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private TokenIssuer _issuer = null!;
    private TokenClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _issuer = await TokenIssuer.StartAsync(_time);
        _client = new TokenClient(_issuer);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _issuer.DisposeAsync();
    }

    [Fact]
    public async Task It_exchanges_a_token_for_one_of_another_audience()
    {
        var (status, answer) = await _client.SendAsync(TokenClient.Exchange("alice", "api://crm"), _client.Basic());
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            ("Bearer", 3600, "crm.read crm.write", TokenGrant.AccessToken),
            ((string?)answer["token_type"], (int?)answer["expires_in"], (string?)answer["scope"], (string?)answer["issued_token_type"]));
        var token = (string)answer["access_token"]!;
        var issued = Assert.Single(_issuer.Issued);
        Assert.Equal((ReceivedRequest.HashOf(token), ReceivedRequest.HashOf("alice"), "api://crm"), (issued.Hash, issued.SubjectHash, issued.Audience));
        Assert.True(_issuer.IsValid(token, "api://crm"));
        Assert.False(_issuer.IsValid(token, "api://other"));
    }

    [Fact]
    public async Task It_knows_on_behalf_of_too_and_takes_the_secret_in_the_form()
    {
        var form = TokenClient.OnBehalfOf("alice", "api://crm/crm.read api://crm/crm.write");
        (form["client_id"], form["client_secret"]) = (_issuer.ClientId, _issuer.ClientSecret);
        var (status, answer) = await _client.SendAsync(form);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True(_issuer.IsValid((string)answer["access_token"]!, "api://crm"));
        Assert.Equal(TokenGrant.OnBehalfOf, _issuer.Issued.Single().Grant);
    }

    [Theory]
    [InlineData("grant_type", null, "invalid_request")]
    [InlineData("grant_type", "password", "unsupported_grant_type")]
    [InlineData("subject_token", null, "invalid_request")]
    [InlineData("subject_token", "mallory", "invalid_request")]
    [InlineData("subject_token_type", null, "invalid_request")]
    [InlineData("subject_token_type", "token", "invalid_request")]
    [InlineData("audience", null, "invalid_request")]
    [InlineData("audience", "api://unknown", "invalid_target")]
    [InlineData("scope", "crm.delete", "invalid_scope")]
    [InlineData("scope", "crm.read  crm.write", "invalid_scope")]
    [InlineData("actor_token", "bob", "invalid_request")]
    [InlineData("requested_token_type", "urn:ietf:params:oauth:token-type:refresh_token", "invalid_request")]
    public async Task It_refuses_an_exchange_that_is_not_right(string parameter, string? value, string error)
    {
        (_issuer.AcceptsSubject, _issuer.Audiences, _issuer.Scopes) = (subject => subject == "alice", ["api://crm"], ["crm.read", "crm.write"]);
        var form = TokenClient.Exchange("alice", "api://crm");
        form[parameter] = value ?? "";
        var (status, answer) = await _client.SendAsync(form, _client.Basic());
        Assert.Equal((HttpStatusCode.BadRequest, error), (status, (string?)answer["error"]));
        Assert.Equal((0, 1), (_issuer.Exchanges, _issuer.Refusals));
    }

    [Theory]
    [InlineData("assertion", null, "invalid_request")]
    [InlineData("assertion", "mallory", "invalid_grant")]
    [InlineData("requested_token_use", null, "invalid_request")]
    [InlineData("scope", null, "invalid_request")]
    [InlineData("scope", "crm.read", "invalid_scope")]
    [InlineData("scope", "api://crm/a api://other/b", "invalid_scope")]
    public async Task It_refuses_an_on_behalf_of_that_is_not_right(string parameter, string? value, string error)
    {
        _issuer.AcceptsSubject = subject => subject == "alice";
        var form = TokenClient.OnBehalfOf("alice", "api://crm/.default");
        form[parameter] = value ?? "";
        var (status, answer) = await _client.SendAsync(form, _client.Basic());
        Assert.Equal((HttpStatusCode.BadRequest, error), (status, (string?)answer["error"]));
    }

    [Fact]
    public async Task It_refuses_a_client_that_is_not_its_own_and_one_that_says_things_twice()
    {
        var form = TokenClient.Exchange("alice", "api://crm");
        await ExpectAsync(HttpStatusCode.Unauthorized, "invalid_client", form, authorization: null);
        await ExpectAsync(HttpStatusCode.Unauthorized, "invalid_client", form, _client.Basic("wrong"));
        await ExpectAsync(HttpStatusCode.Unauthorized, "invalid_client", form, new AuthenticationHeaderValue("Bearer", "alice"));
        await ExpectAsync(HttpStatusCode.BadRequest, "invalid_request", [.. form, new("client_secret", _issuer.ClientSecret)], _client.Basic());
        await ExpectAsync(HttpStatusCode.BadRequest, "invalid_request", [.. form, new("scope", "more")], _client.Basic());
        await ExpectAsync(HttpStatusCode.OK, error: null, form, _client.Basic());

        async Task ExpectAsync(
            HttpStatusCode status, string? error, IEnumerable<KeyValuePair<string, string>> sent, AuthenticationHeaderValue? authorization)
        {
            var (actual, answer) = await _client.SendAsync(sent, authorization);
            Assert.Equal((status, error), (actual, (string?)answer["error"]));
        }
    }

    [Fact]
    public async Task Its_tokens_end_when_it_said_so_and_when_they_are_revoked()
    {
        var (alice, bob) = (await _client.ExchangeAsync("alice", "api://crm"), await _client.ExchangeAsync("bob", "api://crm"));
        _issuer.RevokeOf("alice");
        Assert.False(_issuer.IsValid(alice, "api://crm"));
        Assert.True(_issuer.IsValid(bob, "api://crm"));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.False(_issuer.IsValid(bob, "api://crm"));

        foreach (var expiry in (long?[])[null, long.MaxValue])
        {
            _issuer.ExpiresIn = expiry;
            var (_, answer) = await _client.SendAsync(TokenClient.Exchange("alice", "api://crm"), _client.Basic());
            Assert.Equal(expiry, (long?)answer["expires_in"]);
            Assert.True(_issuer.IsValid((string)answer["access_token"]!, "api://crm"));
        }
    }

    [Fact]
    public async Task It_answers_nonsense_and_errors_or_nothing_when_it_is_told_to()
    {
        _issuer.Instead = IssuerFaults.Error("temporarily_unavailable", 503);
        Assert.Contains("temporarily_unavailable", await TextAsync(HttpStatusCode.ServiceUnavailable));
        _issuer.Instead = IssuerFaults.Garbage;
        var garbage = await TextAsync(HttpStatusCode.OK);
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => JsonNode.Parse(garbage));
        _issuer.Instead = IssuerFaults.Oversized(1_000_000);
        Assert.True((await TextAsync(HttpStatusCode.OK)).Length > 1_000_000);
        _issuer.Instead = IssuerFaults.Quoting;
        Assert.Contains("subject_token=alice", await TextAsync(HttpStatusCode.BadRequest));
        _issuer.Instead = IssuerFaults.Never;
        using var request = new HttpRequestMessage(HttpMethod.Get, _issuer.Url);
        var waiting = _client.SendRawAsync(request);
        await Eventually.Holds(() => _issuer.Requests.Of("GET") == 1, "the request arrived");
        Assert.False(waiting.IsCompleted);

        _issuer.Instead = null;
        var hold = new TaskCompletionSource();
        _issuer.Hold = hold.Task;
        var held = _client.ExchangeAsync("alice", "api://crm");
        await Eventually.Holds(() => _issuer.Requests.Of("POST") == 5, "the request arrived");
        Assert.Equal(0, _issuer.Exchanges);
        hold.SetResult();
        await held;
        await _issuer.StopAsync();
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => waiting);
    }

    private async Task<string> TextAsync(HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _issuer.Url) { Content = new FormUrlEncodedContent(TokenClient.Exchange("alice", "api://crm")) };
        using var response = await _client.SendRawAsync(request);
        Assert.Equal(expected, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }
}
