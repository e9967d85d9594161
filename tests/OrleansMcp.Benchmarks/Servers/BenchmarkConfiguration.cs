using System.Security.Cryptography;

namespace OrleansMcp.Benchmarks.Servers;

/// <summary>
/// A configuration with everything on (authentication, owner check, quotas) and quotas too wide to be met. Idle timeout and lifetime are
/// longer than any run.
/// </summary>
internal static class BenchmarkConfiguration
{
    public const string Key = "demo-alice";

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

        """;

    private const string Quotas = "{ sessions: 1000000, callsPerMinute: 1000000000, concurrentCalls: 1000000, stateBytes: 1000000000000 }";
}
