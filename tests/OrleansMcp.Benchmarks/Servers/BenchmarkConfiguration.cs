using System.Security.Cryptography;

namespace OrleansMcp.Benchmarks.Servers;

/// <summary>
/// A configuration with everything on (authentication, owner check, quotas) and quotas too wide to be met. Idle timeout and lifetime are
/// longer than any run.
/// </summary>
internal static class BenchmarkConfiguration
{
    public const string Key = "demo-alice";

    /// <summary>The key of a client of another tenant, whose quotas are narrow.</summary>
    public const string FloodKey = "demo-flood";

    public static string Yaml(TimeSpan passivateAfter) => $"""
        sessions:
          idleTimeout: 3h
          lifetime: 24h
          passivateAfter: {(long)passivateAfter.TotalSeconds}s
        tenants:
          acme:
            clients:
              alice:
                keys:
                  - sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}
                quotas: {Quotas}
          globex:
            clients:
              flood:
                keys:
                  - sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(FloodKey)))}
                quotas: {FloodQuotas}

        """;

    // Met at once by whoever floods.
    private const string FloodQuotas = "{ sessions: 1000, callsPerMinute: 6000 }";
    private const string Quotas = "{ sessions: 1000000, callsPerMinute: 1000000000, concurrentCalls: 1000000, stateBytes: 1000000000000 }";
}
