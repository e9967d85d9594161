using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Upstreams;

namespace OrleansMcp.Drill.Targets;

/// <summary>
/// A configuration of a server to hold the drill against: everything that isolates is on, and quotas are too wide to be met. Sessions leave
/// memory after a second, so that idle ones are brought back.
/// </summary>
/// <param name="Yaml">The configuration file.</param>
/// <param name="Keys">The keys of its clients.</param>
/// <param name="OperatorKey">The key of its operator.</param>
internal sealed record DrillConfiguration(string Yaml, IReadOnlyDictionary<DrillClient, string> Keys, string OperatorKey)
{
    private const int ClientsPerTenant = 8;

    /// <param name="clients">How many clients.</param>
    /// <param name="upstream">The other MCP server that they use through this one, on a loopback address.</param>
    public static DrillConfiguration For(int clients, Uri upstream)
    {
        var (keys, operatorKey) = (Clients(clients).ToDictionary(client => client, _ => NewKey()), NewKey());
        return new DrillConfiguration(Write(keys, operatorKey, upstream), keys, operatorKey);
    }

    /// <summary>Clients of different tenants have the same names, so that only the tenant tells them apart.</summary>
    private static IEnumerable<DrillClient> Clients(int clients)
    {
        var tenants = Math.Max(2, clients / ClientsPerTenant);
        return Enumerable.Range(0, clients).Select(number => new DrillClient(
            string.Create(CultureInfo.InvariantCulture, $"tenant-{(number % tenants) + 1}"),
            string.Create(CultureInfo.InvariantCulture, $"client-{(number / tenants) + 1}")));
    }

    private static string Write(Dictionary<DrillClient, string> keys, string operatorKey, Uri upstream)
    {
        var yaml = new StringBuilder($$"""
            sessions: { passivateAfter: 1s }
            signals: { attemptsPerMinute: 1000000, denials: 1000000 } # no client is throttled, so that every attack is judged
            servers: { {{DrillUpstream.Name}}: { url: {{upstream}}, private: true } }
            operators: [{ id: drill, sha256: {{Hash(operatorKey)}} }]
            tenants:

            """);
        foreach (var tenant in keys.GroupBy(one => one.Key.Tenant))
        {
            yaml.Append("  ").Append(tenant.Key).Append(":\n    clients:\n");
            foreach (var (client, key) in tenant)
            {
                yaml.Append(CultureInfo.InvariantCulture, $$"""
                          {{client.Name}}:
                            keys: [{ sha256: {{Hash(key)}} }]
                            permissions: ["tool:*", "records:*:read", "records:*:write", "toollog:*"]
                            quotas: { sessions: 100000, sessionsPerMinute: 10000000, callsPerMinute: 100000000, stateBytes: 10000000000 }

                    """);
            }
        }

        return yaml.ToString();
    }

    private static string NewKey() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    private static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
