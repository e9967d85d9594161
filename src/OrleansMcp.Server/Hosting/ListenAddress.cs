using System.Net;

namespace OrleansMcp.Server.Hosting;

/// <summary>Which addresses can be reached from this machine alone.</summary>
internal static class ListenAddress
{
    /// <summary>The first address that is not loopback, or null. A name other than localhost may resolve to anything.</summary>
    public static string? FirstOpen(string urls) => urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .FirstOrDefault(url => !IsLoopback(url));

    private static bool IsLoopback(string url)
    {
        var host = BindingAddress.Parse(url).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.AsSpan().Trim("[]"), out var address) && IPAddress.IsLoopback(address));
    }
}

/// <summary>The server refuses to start as it was told to.</summary>
internal sealed class StartRefusedException(string message) : Exception(message);
