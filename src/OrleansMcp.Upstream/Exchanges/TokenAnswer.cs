using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using OrleansMcp.Secrets;

namespace OrleansMcp.Upstream.Exchanges;

/// <summary>
/// The answer of a token endpoint (RFC 6749, sections 5.1 and 5.2; RFC 8693, section 2.2), read in place: nothing of it becomes a string. Zeroes the token
/// when it is disposed of, unless it was taken.
/// </summary>
internal sealed class TokenAnswer : IDisposable
{
    private const int LongestToken = 16 * 1024;

    // A token that is about to expire would be refused on its way: it is used for a tenth of its lifetime less than it lives, for a minute less at most.
    private const int MarginShare = 10;
    private static readonly TimeSpan s_longestMargin = TimeSpan.FromMinutes(1);

    // The lifetime may be missing. A short one is assumed then; when it was shorter still, the server's refusal renews the token.
    private static readonly TimeSpan s_assumed = TimeSpan.FromMinutes(5);

    // Whatever the endpoint says: it is asked again now and then whether the caller may still have a token.
    private static readonly TimeSpan s_longest = TimeSpan.FromHours(1);

    // RFC 6749, section 5.2; RFC 8693, section 2.2.2; and what OpenID Connect adds. Any other is text of the endpoint's, and is not repeated.
    private static readonly string[] s_errors =
    [
        "invalid_request", "invalid_client", "invalid_grant", "unauthorized_client", "unsupported_grant_type", "invalid_scope", "invalid_target",
        "interaction_required", "login_required", "consent_required", "temporarily_unavailable", "server_error",
    ];

    private byte[]? _token;
    private int _tokens;
    private bool _isWhole;
    private bool _isBearer;
    private TimeSpan? _lifetime = s_assumed;

    private TokenAnswer()
    {
    }

    /// <summary>The error; null when it names none that is known.</summary>
    public string? Error { get; private set; }

    public static TokenAnswer Read(ReadOnlySpan<byte> json)
    {
        var answer = new TokenAnswer();
        try
        {
            answer._isWhole = answer.TryRead(new Utf8JsonReader(json));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // It is no JSON, or a text in it is no UTF-8. What the exception says may quote it.
        }

        return answer;
    }

    /// <summary>The token, which belongs to the caller from here on; null when there is none that can be used.</summary>
    public ObtainedToken? Take()
    {
        if (!_isWhole || !_isBearer || _tokens != 1 || _lifetime is not { } lifetime || _token is not { } token)
        {
            return null;
        }

        _token = null;
        return new ObtainedToken(token, lifetime);
    }

    public void Dispose() => CryptographicOperations.ZeroMemory(_token);

    private bool TryRead(Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            TakeMember(ref reader);
            reader.Skip();
        }

        return !reader.Read();
    }

    private void TakeMember(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("access_token"u8) && reader.Read())
        {
            _tokens++; // Of two, neither is used.
            CryptographicOperations.ZeroMemory(_token);
            _token = TokenOf(ref reader);
        }
        else if (reader.ValueTextEquals("token_type"u8) && reader.Read())
        {
            _isBearer = IsBearer(ref reader);
        }
        else if (reader.ValueTextEquals("expires_in"u8) && reader.Read())
        {
            _lifetime = LifetimeOf(ref reader);
        }
        else if (reader.ValueTextEquals("error"u8) && reader.Read())
        {
            Error = ErrorOf(ref reader);
        }
    }

    /// <summary>Visible ASCII (RFC 6749, appendix A.12): it is to stand in a header.</summary>
    private static byte[]? TokenOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String || reader.ValueSpan.Length is 0 or > LongestToken)
        {
            return null;
        }

        var token = SecretBuffer.Allocate(reader.ValueSpan.Length);
        var length = reader.CopyString(token);
        var visible = token.AsSpan(0, length);
        if (length == 0 || visible.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
        {
            CryptographicOperations.ZeroMemory(token);
            return null;
        }

        if (length == token.Length)
        {
            return token;
        }

        var exact = SecretBuffer.Allocate(length); // It had escapes, and is shorter without.
        visible.CopyTo(exact);
        CryptographicOperations.ZeroMemory(token);
        return exact;
    }

    /// <summary>Whether it is used as it is: a bearer token, or one of which the endpoint only says that it is no access token (RFC 8693, section 2.2.1).</summary>
    private static bool IsBearer(ref Utf8JsonReader reader) => reader.TokenType == JsonTokenType.String
        && (System.Text.Ascii.EqualsIgnoreCase(reader.ValueSpan, "Bearer"u8) || reader.ValueTextEquals("N_A"u8));

    /// <summary>How long it is used. Seconds; some endpoints write them as a text. Null when that is no time.</summary>
    private static TimeSpan? LifetimeOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.Number or JsonTokenType.String)
            || !Utf8Parser.TryParse(reader.ValueSpan, out double seconds, out var read) || read != reader.ValueSpan.Length || !(seconds >= 1))
        {
            return null;
        }

        var lives = TimeSpan.FromSeconds(Math.Min(seconds, TimeSpan.FromDays(1).TotalSeconds));
        var margin = lives / MarginShare;
        var used = lives - (margin < s_longestMargin ? margin : s_longestMargin);
        return used < s_longest ? used : s_longest;
    }

    private static string? ErrorOf(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            return null;
        }

        foreach (var error in s_errors)
        {
            if (reader.ValueTextEquals(error))
            {
                return error;
            }
        }

        return null;
    }
}
