using System.Buffers;
using OrleansMcp.Configuration.Names;
using OrleansMcp.Secrets;
using YamlDotNet.RepresentationModel;

namespace OrleansMcp.Configuration.Upstreams;

/// <summary>The section <c>credential</c> of a server.</summary>
internal sealed class CredentialReader(YamlErrors errors, SecretReferenceReader secrets)
{
    private const string OtherThanText = "must be printable ASCII without spaces.";

    // RFC 9110, section 5.6.2.
    private static readonly SearchValues<char> s_token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    // What the connection itself sets.
    private static readonly string[] s_taken =
    [
        "Accept", "Accept-Encoding", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Expect", "Host", "Keep-Alive", "Last-Event-ID", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade",
    ];

    public UpstreamCredential? Read(YamlSection section, IReadOnlyDictionary<string, TenantConfiguration> tenants)
    {
        var defaults = new UpstreamCredential();
        var exchange = section.Section("exchange") is { } found ? ReadExchange(found) : null;
        var origin = section.Text("from", static text => text is "client" or "operator", "must be client or operator.");
        var credential = defaults with
        {
            Header = section.Text("header", IsHeader, "must be the name of a header, and none that the connection itself sets.") ?? defaults.Header,
            Format = section.Text("format", IsFormat, "must be printable ASCII with {0} once, where the secret stands.") ?? defaults.Format,
            Secret = section.Text("secret", SecretName.IsValid, "a secret's name is made of 1 to 64 lower-case letters, digits, '.', '_' and '-'."),
            From = origin switch { "client" => SecretOrigin.Client, "operator" => SecretOrigin.Operator, _ => SecretOrigin.Either },
            Connect = section.Has("connect") ? UpstreamReader.ReadUrl(section, "connect", isPrivate: false) : null,
            Exchange = exchange,
        };
        section.RejectUnknown();
        if (section.Has("secret") == section.Has("exchange"))
        {
            errors.Add(section.Node, section.PathOf("secret"), "needs either 'secret' or 'exchange'.");
            return null;
        }

        if (exchange is not null && (section.Has("from") || section.Has("connect")))
        {
            errors.Add(section.Node, section.PathOf(section.Has("from") ? "from" : "connect"), "is about a secret, and there is none with 'exchange'.");
        }

        CheckDefined(section, credential, tenants);
        return credential;
    }

    /// <summary>
    /// A secret that no client has of its operator can only be put by clients. It may as well be misspelt: then nobody would ever put it.
    /// </summary>
    private void CheckDefined(YamlSection section, UpstreamCredential credential, IReadOnlyDictionary<string, TenantConfiguration> tenants)
    {
        var defined = tenants.Values.SelectMany(static tenant => tenant.Clients.Values).SelectMany(static client => client.Secrets.Keys).ToHashSet(StringComparer.Ordinal);
        if (credential.Secret is not { } secret || credential.From == SecretOrigin.Client || defined.Contains(secret))
        {
            return;
        }

        var (line, key) = (section.Any("secret")!.Start.Line, section.PathOf("secret"));
        if (NearestName.Of(secret, defined) is { } nearest)
        {
            errors.Add(line, key, $"no client has a secret of this name. Did you mean '{nearest}'? If clients put it themselves, say 'from: client'.");
        }
        else if (credential.From == SecretOrigin.Operator)
        {
            errors.Add(line, key, $"no client has a secret of this name in its section 'secrets'. {NearestName.Hint(secret, defined)}");
        }
        else
        {
            errors.Warn(line, key, "no client has a secret of this name in its section 'secrets', so each session must put it. If that is meant, say 'from: client'.");
        }
    }

    private TokenExchange? ReadExchange(YamlSection section)
    {
        var isPrivate = section.Flag("private");
        section.Required("endpoint");
        var endpoint = UpstreamReader.ReadUrl(section, "endpoint", isPrivate);
        var defaults = new TokenExchange { Endpoint = endpoint ?? new("urn:none"), Private = isPrivate };
        var grant = section.Text("grant", static text => text is "tokenExchange" or "onBehalfOf", "must be tokenExchange (RFC 8693) or onBehalfOf (Microsoft Entra ID).");
        var exchange = defaults with
        {
            Grant = grant == "onBehalfOf" ? TokenExchangeGrant.OnBehalfOf : TokenExchangeGrant.TokenExchange,
            Audience = section.Text("audience", IsVisible, OtherThanText),
            Scope = string.Join(' ', section.Texts("scopes", IsVisible, "must be a scope: printable ASCII without spaces (RFC 6749, section 3.3).")),
            ClientId = section.Text("clientId", IsVisible, OtherThanText),
            ClientSecret = section.Any("clientSecret") is { } node ? secrets.ReadOne(node, section.PathOf("clientSecret")) : null,
            CredentialsInBody = section.Text("clientAuthentication", static text => text is "basic" or "post", "must be basic or post.") == "post",
        };
        section.RejectUnknown();
        Require(section, exchange);
        return endpoint is null ? null : exchange;
    }

    private void Require(YamlSection section, TokenExchange exchange)
    {
        if (exchange.Grant == TokenExchangeGrant.OnBehalfOf && exchange is not { Scope.Length: > 0, ClientId: not null, ClientSecret: not null })
        {
            errors.Add(section.Node, section.PathOf("grant"), "the on-behalf-of flow needs 'scopes', 'clientId' and 'clientSecret'.");
        }

        if (exchange is { ClientSecret: not null, ClientId: null })
        {
            errors.Add(section.Node, section.PathOf("clientSecret"), "needs 'clientId'.");
        }
    }

    private static bool IsHeader(string text) =>
        text.Length is > 0 and <= 64 && !text.AsSpan().ContainsAnyExcept(s_token) && !s_taken.Contains(text, StringComparer.OrdinalIgnoreCase)
        && !text.StartsWith("Mcp-", StringComparison.OrdinalIgnoreCase);

    private static bool IsFormat(string text) =>
        !text.AsSpan().ContainsAnyExceptInRange(' ', '~') && text.Trim() == text
        && text.IndexOf(UpstreamCredential.Place, StringComparison.Ordinal) is >= 0 and var at && at == text.LastIndexOf(UpstreamCredential.Place, StringComparison.Ordinal);

    private static bool IsVisible(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('!', '~');
}
