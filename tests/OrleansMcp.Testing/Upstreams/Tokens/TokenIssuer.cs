using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Mime;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Tests.Upstreams.Tokens;

/// <summary>
/// The token endpoint of an authorization server: RFC 8693 (token exchange), and Entra's on-behalf-of. It takes nothing that these do not allow,
/// and answers with the errors of RFC 6749, 5.2. Tokens are random; it keeps their SHA-256 only.
/// </summary>
internal sealed class TokenIssuer : IAsyncDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(3650);

    private readonly LoopbackServer _server;
    private readonly ConcurrentDictionary<string, IssuedToken> _issued = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _revoked = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private int _refusals;
    private int _number;

    private TokenIssuer(TimeProvider time)
    {
        _time = time;
        _server = new LoopbackServer(static _ => { }, application => application.Run(AnswerAsync));
    }

    /// <summary>The token endpoint.</summary>
    public Uri Url => _server.At("/token");

    /// <summary>Who may ask.</summary>
    public string ClientId { get; } = "orleansmcp";

    /// <summary>With which secret; it has characters that need an encoding in a form and in a header.</summary>
    public string ClientSecret { get; } = $"s+%: &{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16))}";

    /// <summary>Which subject tokens are good; null: all.</summary>
    public Func<string, bool>? AcceptsSubject { get; set; }

    /// <summary>For whom tokens are given; null: for anybody.</summary>
    public IReadOnlyCollection<string>? Audiences { get; set; }

    /// <summary>Which scopes are given, as they are asked for; null: all.</summary>
    public IReadOnlyCollection<string>? Scopes { get; set; }

    /// <summary>How long tokens live, seconds, as the answer says it; null: it does not say, and they live for ever.</summary>
    public long? ExpiresIn { get; set; } = 3600;

    /// <summary>Answers in its place (<see cref="IssuerFaults"/>); null: it answers itself.</summary>
    public RequestDelegate? Instead { get; set; }

    /// <summary>What it waits for before it answers; null: it answers at once.</summary>
    public Task? Hold { get; set; }

    /// <summary>All that it was sent.</summary>
    public ReceivedRequests Requests { get; } = new();

    /// <summary>Tokens it gave, the first first.</summary>
    public IReadOnlyList<IssuedToken> Issued => [.. _issued.Values.OrderBy(token => token.Number)];

    /// <summary>How many tokens it gave.</summary>
    public int Exchanges => _issued.Count;

    /// <summary>How many requests it refused by its rules.</summary>
    public int Refusals => Volatile.Read(ref _refusals);

    /// <param name="time">Its clock, by which tokens end.</param>
    public static async Task<TokenIssuer> StartAsync(TimeProvider time)
    {
        var issuer = new TokenIssuer(time);
        await issuer._server.StartAsync();
        return issuer;
    }

    /// <summary>Cuts connections, and refuses them until it is started again; tokens stay good.</summary>
    public Task StopAsync() => _server.StopAsync();

    public Task StartAgainAsync() => _server.StartAsync();

    /// <summary>Whether a token was given for an audience, and is good still.</summary>
    public bool IsValid(string token, string audience)
    {
        var hash = ReceivedRequest.HashOf(token);
        return _issued.TryGetValue(hash, out var issued)
            && issued.Audience == audience
            && !_revoked.ContainsKey(hash)
            && (issued.ExpiresAt is not { } end || _time.GetUtcNow() < end);
    }

    /// <summary>Takes tokens back that were given for a subject token.</summary>
    public void RevokeOf(string subjectToken)
    {
        var subject = ReceivedRequest.HashOf(subjectToken);
        foreach (var token in Issued.Where(token => token.SubjectHash == subject))
        {
            _revoked[token.Hash] = true;
        }
    }

    /// <summary>Takes all tokens back.</summary>
    public void RevokeAll()
    {
        foreach (var token in Issued)
        {
            _revoked[token.Hash] = true;
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Requests.Add(await ReceivedRequest.ReadAsync(context.Request, context.RequestAborted));
        if (Hold is { } hold)
        {
            await hold.WaitAsync(context.RequestAborted);
        }

        if (Instead is { } instead)
        {
            await instead(context);
            return;
        }

        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentType = MediaTypeNames.Application.Json;
        try
        {
            var form = await TokenForm.ReadAsync(context.Request, Url.AbsolutePath, context.RequestAborted);
            form.Authenticate(ClientId, ClientSecret);
            await context.Response.WriteAsync(Issue(TokenGrant.Read(form)).ToJsonString(), context.RequestAborted);
        }
        catch (TokenRefusedException refused)
        {
            Interlocked.Increment(ref _refusals);
            await refused.WriteAsync(context);
        }
    }

    private JsonObject Issue(TokenGrant grant)
    {
        if (AcceptsSubject?.Invoke(grant.Subject) == false)
        {
            throw new TokenRefusedException(grant.BadSubject, "The subject's token is not good.");
        }

        if (Audiences?.Contains(grant.Audience) == false)
        {
            throw new TokenRefusedException("invalid_target", $"There is no audience '{grant.Audience}'.");
        }

        if (grant.Scopes.FirstOrDefault(scope => Scopes?.Contains(scope) == false) is { } unknown)
        {
            throw new TokenRefusedException("invalid_scope", $"There is no scope '{unknown}'.");
        }

        var token = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('/', '_');
        var hash = ReceivedRequest.HashOf(token);
        var end = ExpiresIn is { } seconds && seconds < s_longest.TotalSeconds ? _time.GetUtcNow().AddSeconds(seconds) : (DateTimeOffset?)null;
        _issued[hash] = new IssuedToken(Interlocked.Increment(ref _number), hash, ReceivedRequest.HashOf(grant.Subject), grant.Type, grant.Audience, grant.Scopes, end);
        var answer = new JsonObject { ["access_token"] = token, ["token_type"] = "Bearer", ["scope"] = string.Join(' ', grant.Scopes) };
        if (grant.Type == TokenGrant.Exchange)
        {
            answer["issued_token_type"] = TokenGrant.AccessToken;
        }

        if (ExpiresIn is { } lifetime)
        {
            answer["expires_in"] = JsonNode.Parse(lifetime.ToString(CultureInfo.InvariantCulture));
        }

        return answer;
    }
}

/// <summary>A token that was given.</summary>
/// <param name="Number">Its place among all, the first is 1.</param>
/// <param name="Hash">The SHA-256 of the token, in hex.</param>
/// <param name="SubjectHash">The SHA-256 of the token of the subject it was given for, in hex.</param>
/// <param name="Grant">The grant type.</param>
/// <param name="Audience">For whom it is.</param>
/// <param name="Scopes">As they were asked for.</param>
/// <param name="ExpiresAt">When it ends; null: never.</param>
internal sealed record IssuedToken(
    int Number, string Hash, string SubjectHash, string Grant, string Audience, IReadOnlyList<string> Scopes, DateTimeOffset? ExpiresAt);
