using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Secrets;
using OrleansMcp.Secrets.Callers;
using OrleansMcp.Upstream.Credentials;

namespace OrleansMcp.Upstream.Exchanges;

/// <summary>
/// A request to a token endpoint (RFC 8693, section 2.1; RFC 7523, section 2.1 with Microsoft's on-behalf-of). Body and client authentication are in pinned
/// buffers, and in the request stand placeholders for them; zeroed when it is disposed of.
/// </summary>
internal sealed class ExchangeRequest : IDisposable
{
    private const string AccessToken = "urn:ietf:params:oauth:token-type:access_token";

    private readonly FormBuffer _form = new();
    private readonly byte[]? _basic; // user and password of the header, RFC 7617

    private ExchangeRequest(TokenExchange exchange, CallerToken subject, byte[]? clientSecret)
    {
        AddGrant(exchange, subject);
        AddIf("scope", exchange.Scope);
        if (exchange.ClientId is { } id && (clientSecret is null || exchange.CredentialsInBody))
        {
            _form.Add("client_id", id);
        }

        if (clientSecret is not null && exchange.CredentialsInBody)
        {
            _form.Add("client_secret", clientSecret);
        }
        else if (clientSecret is not null)
        {
            _basic = Basic(exchange.ClientId!, clientSecret);
        }

        Body = new Substitution(_form.Written, Placeholder.New(_form.Written.Length));
        Authorization = _basic is null ? null : new Substitution(_basic, Placeholder.New());
    }

    /// <summary>The body, which is as long as its placeholder.</summary>
    public Substitution Body { get; }

    /// <summary>What follows <c>Basic</c> in the header <c>Authorization</c>; null when there is none.</summary>
    public Substitution? Authorization { get; }

    /// <summary>Writes a request.</summary>
    /// <param name="exchange">What is configured.</param>
    /// <param name="subject">The caller's token.</param>
    /// <param name="clientSecret">The asker's secret; null for one without. The caller zeroes it.</param>
    /// <exception cref="OperationCanceledException">The caller's token is gone with its request.</exception>
    public static ExchangeRequest Write(TokenExchange exchange, CallerToken subject, byte[]? clientSecret) => new(exchange, subject, clientSecret);

    public void Dispose()
    {
        _form.Dispose();
        CryptographicOperations.ZeroMemory(_basic);
    }

    private void AddGrant(TokenExchange exchange, CallerToken subject)
    {
        if (exchange.Grant == TokenExchangeGrant.OnBehalfOf)
        {
            _form.Add("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
            _form.Add("requested_token_use", "on_behalf_of");
            AddToken("assertion", subject);
            return;
        }

        _form.Add("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
        _form.Add("requested_token_type", AccessToken);
        _form.Add("subject_token_type", AccessToken);
        AddToken("subject_token", subject);
        AddIf("audience", exchange.Audience);
    }

    private void AddToken(string name, CallerToken token)
    {
        if (!token.TryUse((_form, name), static (bytes, to) => to._form.Add(to.name, bytes)))
        {
            _form.Dispose();
            throw new OperationCanceledException("The request whose token was to be exchanged is over.");
        }
    }

    private void AddIf(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _form.Add(name, value);
        }
    }

    /// <summary>Both are encoded as in a form before they are put together (RFC 6749, section 2.3.1).</summary>
    private static byte[] Basic(string id, byte[] secret)
    {
        using var pair = new FormBuffer();
        pair.AppendEncoded(Encoding.UTF8.GetBytes(id));
        pair.Append(":"u8);
        pair.AppendEncoded(secret);
        var basic = SecretBuffer.Allocate(Base64.GetMaxEncodedToUtf8Length(pair.Written.Length));
        Base64.EncodeToUtf8(pair.Written.Span, basic, out _, out _);
        return basic;
    }
}

/// <summary>Bytes that are replaced in one request.</summary>
/// <param name="bytes">They.</param>
/// <param name="placeholder">What stands for them.</param>
internal sealed class Substitution(ReadOnlyMemory<byte> bytes, string placeholder) : ISubstitution
{
    /// <summary>What stands for them, as text.</summary>
    public string Text => placeholder;

    public ReadOnlyMemory<byte> Placeholder { get; } = Encoding.ASCII.GetBytes(placeholder);

    public TResult Use<TState, TResult>(TState state, Func<ReadOnlySpan<byte>, TState, TResult> read) => read(bytes.Span, state);
}
