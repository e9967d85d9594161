using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using OrleansMcp.Drill.History;

namespace OrleansMcp.Drill.Servers;

/// <summary>A configuration to hold the drill with: everything that isolates is on, and quotas are too wide to be met.</summary>
/// <param name="Yaml">The file.</param>
/// <param name="Keys">The keys of its clients.</param>
/// <param name="OperatorKey">The key of its operator.</param>
internal sealed record DrillConfiguration(string Yaml, IReadOnlyDictionary<Party, string> Keys, string OperatorKey)
{
    private const int ClientsPerTenant = 8;

    public static DrillConfiguration For(int clients)
    {
        var (keys, operatorKey) = (Parties(clients).ToDictionary(party => party, _ => NewKey()), NewKey());
        return new DrillConfiguration(Write(keys, operatorKey), keys, operatorKey);
    }

    /// <summary>The clients of different tenants have the same names: what tells them apart is the tenant.</summary>
    private static IEnumerable<Party> Parties(int clients)
    {
        var tenants = Math.Max(2, clients / ClientsPerTenant);
        return Enumerable.Range(0, clients).Select(number => new Party(
            string.Create(CultureInfo.InvariantCulture, $"tenant-{(number % tenants) + 1}"),
            string.Create(CultureInfo.InvariantCulture, $"client-{(number / tenants) + 1}")));
    }

    private static string Write(Dictionary<Party, string> keys, string operatorKey)
    {
        var yaml = new StringBuilder($$"""
            sessions: { passivateAfter: 1s }
            signals: { attemptsPerMinute: 1000000, denials: 1000000 } # so that every attack meets what it attacks, and not this
            operators: [{ id: drill, sha256: {{Hash(operatorKey)}} }]
            tenants:

            """);
        foreach (var tenant in keys.GroupBy(one => one.Key.Tenant))
        {
            yaml.Append("  ").Append(tenant.Key).Append(":\n    clients:\n");
            foreach (var (party, key) in tenant)
            {
                yaml.Append(CultureInfo.InvariantCulture, $$"""
                          {{party.Client}}:
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
