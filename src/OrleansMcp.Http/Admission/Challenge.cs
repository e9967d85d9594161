using System.Text;
using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Http.Admission;

/// <summary>The value of <c>WWW-Authenticate</c> (RFC 6750, section 3; RFC 9728, section 5.1).</summary>
public sealed record Challenge
{
    /// <summary>The realm.</summary>
    public string Realm { get; init; } = "OrleansMcp";

    /// <summary>The error code, or null.</summary>
    public string? Error { get; init; }

    /// <summary>The scopes to ask for.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>The URL of the protected resource's metadata, or null.</summary>
    public string? ResourceMetadata { get; init; }

    /// <summary>The challenge for a refusal, without the metadata URL.</summary>
    public static Challenge Of(Refusal refusal) => new() { Error = refusal.Error, Scopes = refusal.Scopes };

    /// <summary>The header's value.</summary>
    public override string ToString()
    {
        var value = new StringBuilder("Bearer realm=\"").Append(Realm).Append('"');
        Append(value, "error", Error);
        Append(value, "scope", Scopes.Count > 0 ? string.Join(' ', Scopes) : null);
        Append(value, "resource_metadata", ResourceMetadata);
        return value.ToString();
    }

    private static void Append(StringBuilder header, string name, string? value)
    {
        if (value is not null)
        {
            header.Append(", ").Append(name).Append("=\"").Append(value).Append('"');
        }
    }
}

/// <summary>Makes the challenge that tells a client which credential is needed. A host may replace it.</summary>
public interface IChallenger
{
    /// <summary>The challenge that answers <paramref name="refusal"/>.</summary>
    ValueTask<Challenge> ChallengeAsync(HttpContext context, Refusal refusal);
}

/// <summary>The challenge of a server whose only credentials are API keys.</summary>
internal sealed class PlainChallenger : IChallenger
{
    public ValueTask<Challenge> ChallengeAsync(HttpContext context, Refusal refusal) => new(Challenge.Of(refusal));
}
