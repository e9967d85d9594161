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

    /// <summary>Writes it into a folder and returns the file's name.</summary>
    public static string WriteTo(TemporaryFolder folder, TimeSpan? passivateAfter = null)
    {
        var file = Path.Combine(folder.Path, "benchmark.yaml");
        File.WriteAllText(file, Yaml(passivateAfter ?? TimeSpan.FromHours(2)));
        return file;
    }

    private static string Yaml(TimeSpan passivateAfter) => $"""
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
                permissions: ["tool:*", "resource:*", "prompt:*"]
                quotas: {Quotas}
          globex:
            clients:
              flood:
                keys:
                  - sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(FloodKey)))}
                permissions: ["tool:*"]
                quotas: {FloodQuotas}

        """;

    // Met at once by whoever floods.
    private const string FloodQuotas = "{ sessions: 1000, callsPerMinute: 6000 }";
    private const string Quotas = "{ sessions: 1000000, callsPerMinute: 1000000000, concurrentCalls: 1000000, stateBytes: 1000000000000 }";
}
