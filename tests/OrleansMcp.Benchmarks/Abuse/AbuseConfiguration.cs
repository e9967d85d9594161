using System.Security.Cryptography;
using OrleansMcp.Benchmarks.Servers;

namespace OrleansMcp.Benchmarks.Abuse;

/// <summary>Two tenants: the neighbour's, whose quotas its calls do not meet, and one whose only client attacks and has the default quotas.</summary>
internal static class AbuseConfiguration
{
    /// <summary>The attacker's key; the neighbour has <see cref="BenchmarkConfiguration.Key"/>.</summary>
    public const string AttackerKey = "demo-mallory";

    /// <summary>Writes it into a folder and returns the file's name.</summary>
    public static string WriteTo(TemporaryFolder folder)
    {
        var file = Path.Combine(folder.Path, "abuse.yaml");
        File.WriteAllText(file, Yaml());
        return file;
    }

    private static string Yaml() => $$"""
        tenants:
          acme:
            quotas: { requestsPerMinute: 1000000000, writesPerMinute: 1000000000 }
            clients:
              alice:
                keys: [{ sha256: {{Hash(BenchmarkConfiguration.Key)}} }]
                permissions: ["tool:echo"]
                quotas: { callsPerMinute: 1000000000 }
          globex:
            clients:
              mallory:
                keys: [{ sha256: {{Hash(AttackerKey)}} }]
                permissions: ["tool:*", "resource:*", "prompt:*", "records:*:read", "records:*:write"]

        """;

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
