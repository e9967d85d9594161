using System.Net;
using System.Net.Sockets;
using OrleansMcp.Hosting.Security;
using static OrleansMcp.Hosting.Settings.KnownSettings;

namespace OrleansMcp.Hosting.Settings;

/// <summary>Where the process listens, and how it proves who it is.</summary>
internal sealed partial class SettingsReader
{
    private const int LongestId = 100;

    private string ListenUrls()
    {
        var urls = _given[Urls];
        foreach (var url in (urls ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (PortOf(url) is null)
            {
                Error(Urls, $"must be http URLs of an address and a port, separated by semicolons, not '{url}'");
            }
        }

        return urls ?? ServerSettings.DefaultUrl;
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

    private IPAddress IpAddress() => _given[Address] is not { } text ? IPAddress.Loopback
        : IPAddress.TryParse(text, out var address) && IsWritten(text, address) && IsReachable(address) ? address
        : Wrong(Address, $"must be the IP address at which other processes reach this one, not '{text}'", IPAddress.Loopback);

    // "10.1" is an address as well, and not the one that was meant.
    private static bool IsWritten(string text, IPAddress address) => address.AddressFamily != AddressFamily.InterNetwork || text.Count('.') == 3;

    private static bool IsReachable(IPAddress address) => address.AddressFamily == AddressFamily.InterNetworkV6
        ? !address.Equals(IPAddress.IPv6Any) && !address.IsIPv6Multicast
        : address.GetAddressBytes()[0] is > 0 and < 224;

    private TlsSettings? Certificates()
    {
        Setting[] needed = [TlsCertificate, TlsKey, TlsAuthority];
        if (!needed.Append(TlsName).Any(_given.Has))
        {
            return null;
        }

        var files = needed.Select(RequiredFile).ToArray();
        var name = _given[TlsName] ?? "orleansmcp";
        if (Uri.CheckHostName(name) != UriHostNameType.Dns)
        {
            return Wrong<TlsSettings?>(TlsName, $"must be a DNS name, not '{name}'", null);
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

    private string? RequiredFile(Setting setting) =>
        _given.Has(setting) ? File(setting) : Wrong<string?>(setting, "is needed for TLS, beside the other files", null);

    private string? File(Setting setting) => _given[setting] is not { } file ? null
        : System.IO.File.Exists(file) ? file
        : Wrong<string?>(setting, $"there is no file '{file}'", null);

    // Both become keys of table rows.
    private string Id(Setting setting)
    {
        var text = _given[setting] ?? "orleansmcp";
        return text.Length <= LongestId && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.')
            ? text
            : Wrong(setting, $"must be up to {LongestId} ASCII letters, digits, '-', '_' and '.', not '{text}'", "orleansmcp");
    }
}
