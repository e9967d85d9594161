using System.Net;
using System.Net.Sockets;
using OrleansMcp.Silo.Security;

namespace OrleansMcp.Silo.Settings;

/// <summary>Where the process listens, and how it proves who it is.</summary>
internal sealed partial class SettingsReader
{
    private const string DefaultUrls = "http://127.0.0.1:5080";
    private const int LongestId = 100;

    private string Urls()
    {
        var urls = Text("urls");
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (PortOf(url) is null)
            {
                Error("urls", $"must be http URLs of an address and a port, separated by semicolons, not '{url}'");
            }
        }

        return urls ?? DefaultUrls;
    }

    // Behind the scheme: clients come through a proxy that ends their TLS.
    private static int? PortOf(string url)
    {
        try
        {
            var address = BindingAddress.Parse(url);
            return address is { Scheme: "http", Host.Length: > 0, PathBase.Length: 0, Port: >= 0 and <= 65535 } ? address.Port : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private void CheckListening(SiloSettings settings)
    {
        var ports = settings.Urls.Split(';').Select(PortOf).ToArray();
        foreach (var (key, port) in new[] { ("siloPort", settings.Endpoints.SiloPort), ("gatewayPort", settings.Endpoints.GatewayPort) })
        {
            if (settings.IsSilo && ports.Contains(port))
            {
                Error(key, "must differ from the port of urls");
            }
        }
    }

    private IPAddress Address()
    {
        var text = Text("address");
        return text is null ? IPAddress.Loopback
            : IPAddress.TryParse(text, out var address) && IsWritten(text, address) && IsReachable(address) ? address
            : Wrong("address", $"must be the IP address at which other processes reach this one, not '{text}'", IPAddress.Loopback);
    }

    // "10.1" is an address as well, and not the one that was meant.
    private static bool IsWritten(string text, IPAddress address) => address.AddressFamily != AddressFamily.InterNetwork || text.Count('.') == 3;

    private static bool IsReachable(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6Multicast
        : address.GetAddressBytes()[0] is > 0 and < 224;

    private TlsSettings? Tls()
    {
        string[] keys = ["tls:certificate", "tls:key", "tls:authority"];
        if (!keys.Append("tls:name").Any(IsGiven))
        {
            return null;
        }

        var files = keys.Select(RequiredFile).ToArray();
        var name = Text("tls:name") ?? "orleansmcp";
        if (Uri.CheckHostName(name) != UriHostNameType.Dns)
        {
            return Wrong<TlsSettings?>("tls:name", $"must be a DNS name, not '{name}'", null);
        }

        return files is [{ } certificate, { } key, { } authority] ? Usable(new TlsSettings(certificate, key, authority, name)) : null;
    }

    private TlsSettings? Usable(TlsSettings settings)
    {
        try
        {
            _ = new ClusterTls(settings);
            return settings;
        }
        catch (SettingsException e)
        {
            _errors.AddRange(e.Errors);
            return null;
        }
    }

    private string? RequiredFile(string key) => IsGiven(key) ? File(key) : Wrong<string?>(key, "is needed for TLS, beside the other files", null);

    private string? File(string key) => Text(key) is not { } file ? null
        : System.IO.File.Exists(file) ? file
        : Wrong<string?>(key, $"there is no file '{file}'", null);

    // Both become keys of table rows.
    private string Id(string key)
    {
        var text = Text(key) ?? "orleansmcp";
        return text.Length <= LongestId && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? text
            : Wrong(key, $"must be up to {LongestId} ASCII letters, digits, '-', '_' and '.', not '{text}'", "orleansmcp");
    }

    private bool LogsJson() => (Text("log") ?? "text") switch
    {
        "text" => false,
        "json" => true,
        var text => Wrong("log", $"must be text or json, not '{text}'", false),
    };
}
