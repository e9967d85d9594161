using System.Text;
using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Http.Admission;

/// <summary>What <c>WWW-Authenticate</c> says (RFC 6750, section 3; RFC 9728, section 5.1).</summary>
public sealed record Challenge
{
    /// <summary>What the credential is for.</summary>
    public string Realm { get; init; } = "OrleansMcp";

    /// <summary>The error code, or null.</summary>
    public string? Error { get; init; }

    /// <summary>The scopes to ask for.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Where the protected resource's metadata is, or null.</summary>
    public string? ResourceMetadata { get; init; }

    /// <summary>What every host says of a refusal.</summary>
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

/// <summary>Knows what a client needs to hear in order to come back with a better credential. A host may replace it.</summary>
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
