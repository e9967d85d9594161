namespace OrleansMcp.Upstreams;

/// <summary>
/// What the resources of other servers are called here: <c>SERVER+URI</c>, which is a URI again (RFC 3986, section 3.1: a scheme may have <c>+</c> in it). So
/// no server can offer what another one has.
/// </summary>
internal static class UpstreamUris
{
    private const char Separator = '+';

    /// <summary>What all URIs of a server begin with.</summary>
    public static string PrefixOf(string server) => server + Separator;

    /// <summary>What a URI, or a URI template, is called here.</summary>
    public static string Of(string server, string uri) => PrefixOf(server) + uri;

    /// <summary>The server that a URI can be of; null when it can be of none.</summary>
    public static string? ServerOf(string uri) =>
        uri.IndexOf(Separator, StringComparison.Ordinal) is > 0 and var end && UpstreamNames.IsServer(uri[..end]) ? uri[..end] : null;

    /// <summary>The URI as its server calls it.</summary>
    public static string Strip(string server, string uri) => uri[(server.Length + 1)..];
}
