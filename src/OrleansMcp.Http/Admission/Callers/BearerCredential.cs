using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Http.Admission.Callers;

/// <summary>The bearer credential of a request, from the header only (RFC 6750, section 2.1), never from body or query.</summary>
public static class BearerCredential
{
    private const string Scheme = "Bearer ";

    /// <summary>Whether the request has an Authorization header, of any scheme.</summary>
    public static bool IsPresented(HttpRequest request) => request.Headers.Authorization.Count > 0;

    /// <summary>The credential; empty when there is none, or more than one.</summary>
    public static ReadOnlySpan<char> Of(HttpRequest request)
    {
        var header = request.Headers.Authorization;
        return header.Count == 1 && header[0] is { } value && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            ? value.AsSpan(Scheme.Length).Trim()
            : default;
    }
}
