using System.Net;
using System.Net.Sockets;

namespace OrleansMcp.Quotas.Egress;

/// <summary>
/// Tells addresses of the public internet from those of the machine, its networks and its cloud (IANA special-purpose registries).
/// </summary>
internal static class PublicAddress
{
    private static readonly IPNetwork[] s_special =
    [
        .. new[]
        {
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
            "168.63.129.16/32", // Azure's platform address looks public and is not.
        }.Select(IPNetwork.Parse),
    ];

    // IPv6: global unicast only, without the special ranges in it and those that map to IPv4.
    private static readonly IPNetwork s_global = IPNetwork.Parse("2000::/3");
    private static readonly IPNetwork[] s_carvedOut =
        [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(IPNetwork.Parse)];

    public static bool Is(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return plain.AddressFamily == AddressFamily.InterNetwork
            ? !s_special.Any(network => network.Contains(plain))
            : s_global.Contains(plain) && !s_carvedOut.Any(network => network.Contains(plain));
    }
}
