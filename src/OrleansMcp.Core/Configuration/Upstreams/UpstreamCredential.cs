using OrleansMcp.Secrets.References;

namespace OrleansMcp.Configuration.Upstreams;

/// <summary>The credential of a session at another server: one of its secrets, or what a token of its caller is exchanged for.</summary>
public sealed record UpstreamCredential
{
    /// <summary>Stands for the secret in <see cref="Format"/>.</summary>
    internal const string Place = "{0}";

    /// <summary>The header that carries it.</summary>
    public string Header { get; init; } = "Authorization";

    /// <summary>The header's value, with <c>{0}</c> where the secret stands.</summary>
    public string Format { get; init; } = "Bearer " + Place;

    /// <summary>The secret's name. Null where a token is exchanged.</summary>
    public string? Secret { get; init; }

    /// <summary>Whose secret it is meant to be.</summary>
    public SecretOrigin From { get; init; }

    /// <summary>Where a user can connect the account that the secret is of: clients that lack it are asked to open this URL. Null: they are only told.</summary>
    public Uri? Connect { get; init; }

    /// <summary>How a token of the caller becomes one for the server. Null where a secret is used.</summary>
    public TokenExchange? Exchange { get; init; }
}

/// <summary>Who gives a secret.</summary>
public enum SecretOrigin
{
    /// <summary>The client or the operator.</summary>
    Either,

    /// <summary>The client puts it.</summary>
    Client,

    /// <summary>The operator names it for each client, in its section <c>secrets</c>.</summary>
    Operator,
}

/// <summary>The exchange of a caller's verified token for one that another server accepts.</summary>
public sealed record TokenExchange
{
    /// <summary>The token endpoint.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>Whether the endpoint's host may have private addresses. Plain HTTP is allowed only there.</summary>
    public bool Private { get; init; }

    /// <summary>The grant that is used.</summary>
    public TokenExchangeGrant Grant { get; init; }

    /// <summary>The server that the token is for (RFC 8693, section 2.1).</summary>
    public string? Audience { get; init; }

    /// <summary>What the token is to allow, as one text (RFC 6749, section 3.3). Empty: what the token endpoint gives.</summary>
    public string Scope { get; init; } = "";

    /// <summary>Who asks, if the token endpoint wants to know.</summary>
    public string? ClientId { get; init; }

    /// <summary>Where the secret lies by which the asker is known (RFC 6749, section 2.3.1).</summary>
    public SecretReference? ClientSecret { get; init; }

    /// <summary>Whether the asker names itself in the body and not in the header <c>Authorization</c>.</summary>
    public bool CredentialsInBody { get; init; }
}

/// <summary>How a token is exchanged.</summary>
public enum TokenExchangeGrant
{
    /// <summary>RFC 8693.</summary>
    TokenExchange,

    /// <summary>The on-behalf-of flow of Microsoft Entra ID: RFC 7523, section 2.1, with <c>requested_token_use=on_behalf_of</c>.</summary>
    OnBehalfOf,
}
