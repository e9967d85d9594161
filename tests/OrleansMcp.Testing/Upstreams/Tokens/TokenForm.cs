using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Tests.Upstreams.Tokens;

/// <summary>The form that a token endpoint is sent (RFC 6749, 3.2): each parameter once, and none in the URL.</summary>
internal sealed class TokenForm
{
    private readonly Dictionary<string, string> _values;
    private readonly string? _authorization;

    private TokenForm(Dictionary<string, string> values, string? authorization) => (_values, _authorization) = (values, authorization);

    /// <exception cref="TokenRefusedException">It is no such form.</exception>
    public static async Task<TokenForm> ReadAsync(HttpRequest request, string path, CancellationToken cancellationToken)
    {
        if (request.Path != path)
        {
            throw new TokenRefusedException("invalid_request", $"The token endpoint is {path}.") { Status = StatusCodes.Status404NotFound };
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            throw new TokenRefusedException("invalid_request", "A token is asked for with POST.") { Status = StatusCodes.Status405MethodNotAllowed };
        }

        var type = MediaTypeHeaderValue.TryParse(request.ContentType, out var parsed) ? parsed.MediaType : null;
        if (type != "application/x-www-form-urlencoded" || request.QueryString.HasValue)
        {
            throw new TokenRefusedException("invalid_request", "Parameters belong into a body of application/x-www-form-urlencoded.");
        }

        var form = await request.ReadFormAsync(cancellationToken);
        if (form.FirstOrDefault(field => field.Value.Count != 1).Key is { } repeated)
        {
            throw new TokenRefusedException("invalid_request", $"The parameter '{repeated}' is there more than once.");
        }

        // A parameter without a value is one that is not there.
        var values = form.Where(field => !string.IsNullOrEmpty(field.Value)).ToDictionary(field => field.Key, field => field.Value.ToString(), StringComparer.Ordinal);
        return new TokenForm(values, request.Headers.Authorization is [{ } value] ? value : null);
    }

    public string? this[string name] => _values.GetValueOrDefault(name);

    public string Required(string name) => this[name] ?? throw new TokenRefusedException("invalid_request", $"The parameter '{name}' is missing.");

    /// <summary>By client_secret_basic or client_secret_post, and not by both (RFC 6749, 2.3.1).</summary>
    /// <exception cref="TokenRefusedException">It is not that client.</exception>
    public void Authenticate(string id, string secret)
    {
        if (_authorization is not null && this["client_secret"] is not null)
        {
            throw new TokenRefusedException("invalid_request", "The client authenticates itself twice.");
        }

        var given = _authorization is null ? (this["client_id"], this["client_secret"]) : Basic(_authorization);
        if (given != (id, secret) || (this["client_id"] is { } named && named != id))
        {
            throw TokenRefusedException.Client("The client is unknown, or its secret is wrong.");
        }
    }

    private static (string? Id, string? Secret) Basic(string authorization)
    {
        if (!AuthenticationHeaderValue.TryParse(authorization, out var header)
            || !header.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
            || header.Parameter is null)
        {
            throw TokenRefusedException.Client("The client's credentials are not Basic.");
        }

        var buffer = new byte[header.Parameter.Length];
        if (!Convert.TryFromBase64String(header.Parameter, buffer, out var length)
            || Encoding.UTF8.GetString(buffer, 0, length).Split(':') is not [var id, var secret])
        {
            throw TokenRefusedException.Client("The client's credentials cannot be read.");
        }

        return (WebUtility.UrlDecode(id), WebUtility.UrlDecode(secret));
    }
}
