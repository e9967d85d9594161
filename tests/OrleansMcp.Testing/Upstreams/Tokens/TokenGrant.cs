namespace OrleansMcp.Tests.Upstreams.Tokens;

/// <summary>What is asked for: a token for an audience, on behalf of a subject.</summary>
/// <param name="Type">The grant type.</param>
/// <param name="Subject">The token of the subject.</param>
/// <param name="Audience">For whom the token shall be.</param>
/// <param name="Scopes">As they were written.</param>
/// <param name="BadSubject">The error for a token of a subject that is not good.</param>
internal sealed record TokenGrant(string Type, string Subject, string Audience, IReadOnlyList<string> Scopes, string BadSubject)
{
    /// <summary>RFC 8693.</summary>
    public const string Exchange = "urn:ietf:params:oauth:grant-type:token-exchange";

    /// <summary>RFC 7523, and the on-behalf-of flow of Entra, which adds to it.</summary>
    public const string OnBehalfOf = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    public const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";

    private static readonly string[] s_tokenTypes =
        [AccessToken, "urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token"];

    /// <exception cref="TokenRefusedException">It is not asked for as it must be.</exception>
    public static TokenGrant Read(TokenForm form) => form.Required("grant_type") switch
    {
        Exchange => ReadExchange(form),
        OnBehalfOf => ReadOnBehalfOf(form),
        var other => throw new TokenRefusedException("unsupported_grant_type", $"There is no grant type '{other}' here."),
    };

    // RFC 8693, 2.1. Without an audience this server would not know whom the token is for; it acts for nobody else.
    private static TokenGrant ReadExchange(TokenForm form)
    {
        var subject = form.Required("subject_token");
        Expect(s_tokenTypes.Contains(form.Required("subject_token_type")), "The type of the subject's token is unknown.");
        Expect(form["requested_token_type"] is null or AccessToken, "Only access tokens are given.");
        Expect(form["actor_token"] is null && form["actor_token_type"] is null, "There is no delegation here.");
        return new TokenGrant(Exchange, subject, form.Required("audience"), ScopesOf(form), "invalid_request");
    }

    // Entra: the audience is the resource that the scopes begin with.
    private static TokenGrant ReadOnBehalfOf(TokenForm form)
    {
        var subject = form.Required("assertion");
        Expect(form.Required("requested_token_use") == "on_behalf_of", "The only use is on_behalf_of.");
        form.Required("scope");
        var scopes = ScopesOf(form);
        var resources = scopes.Select(scope => scope.LastIndexOf('/') is > 0 and var slash ? scope[..slash] : null).Distinct().ToArray();
        if (resources is not [{ } resource])
        {
            throw new TokenRefusedException("invalid_scope", "The scopes are not those of one resource, as in 'api://resource/.default'.");
        }

        return new TokenGrant(OnBehalfOf, subject, resource, scopes, "invalid_grant");
    }

    private static string[] ScopesOf(TokenForm form) => form["scope"]?.Split(' ') switch
    {
        null => [],
        var scopes when scopes.Any(string.IsNullOrEmpty) => throw new TokenRefusedException("invalid_scope", "Scopes are parted by one space."),
        var scopes => scopes,
    };

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new TokenRefusedException("invalid_request", otherwise);
        }
    }
}
