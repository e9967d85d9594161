using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Upstreams.Tokens;

namespace OrleansMcp.Tests.Upstreams.Servers;

/// <summary>A client of a token endpoint that sends exactly what a test says.</summary>
internal sealed class TokenClient(TokenIssuer issuer) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Eventually.Deadline };

    /// <summary>A request of RFC 8693 that has everything.</summary>
    public static Dictionary<string, string> Exchange(string subject, string audience) => new(StringComparer.Ordinal)
    {
        ["grant_type"] = TokenGrant.Exchange,
        ["subject_token"] = subject,
        ["subject_token_type"] = TokenGrant.AccessToken,
        ["audience"] = audience,
        ["scope"] = "crm.read crm.write",
    };

    /// <summary>A request of Entra's on-behalf-of that has everything.</summary>
    public static Dictionary<string, string> OnBehalfOf(string subject, string scope) => new(StringComparer.Ordinal)
    {
        ["grant_type"] = TokenGrant.OnBehalfOf,
        ["assertion"] = subject,
        ["requested_token_use"] = "on_behalf_of",
        ["scope"] = scope,
    };

    /// <summary>Gets a token, with client_secret_basic.</summary>
    public async Task<string> ExchangeAsync(string subject, string audience)
    {
        var (status, answer) = await SendAsync(Exchange(subject, audience), Basic());
        Assert.Equal(HttpStatusCode.OK, status);
        return (string)answer["access_token"]!;
    }

    public AuthenticationHeaderValue Basic(string? secret = null)
    {
        var credentials = $"{WebUtility.UrlEncode(issuer.ClientId)}:{WebUtility.UrlEncode(secret ?? issuer.ClientSecret)}";
        return new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials)));
    }

    public async Task<(HttpStatusCode Status, JsonNode Answer)> SendAsync(
        IEnumerable<KeyValuePair<string, string>> form, AuthenticationHeaderValue? authorization = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, issuer.Url) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Authorization = authorization;
        using var response = await _http.SendAsync(request);
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
    }

    public Task<HttpResponseMessage> SendRawAsync(HttpRequestMessage request) => _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

    public void Dispose() => _http.Dispose();
}
