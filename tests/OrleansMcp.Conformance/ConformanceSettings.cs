using System.Net;

namespace OrleansMcp.Conformance;

/// <summary>What the command line says.</summary>
/// <param name="Urls">Where to listen; several separated by <c>;</c>.</param>
/// <param name="DataFolder">Where state lives.</param>
/// <param name="ConfigFile">Endpoint and session settings; null for the defaults. Its tenants play no part.</param>
internal sealed record ConformanceSettings(string Urls, string DataFolder, string? ConfigFile)
{
    public const string DefaultUrls = "http://127.0.0.1:5081";

    /// <summary>The first address that is not of this machine alone, or null when all are.</summary>
    public string? FirstPublicUrl() =>
        Urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault(url => !IsLoopback(url));

    private static bool IsLoopback(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out var parsed)
        && parsed.Scheme == Uri.UriSchemeHttp
        && (parsed.Host == "localhost" || (IPAddress.TryParse(parsed.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address)));
}
