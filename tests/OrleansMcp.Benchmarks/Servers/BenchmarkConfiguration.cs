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

    /// <summary>Writes the one with every control into a folder and returns the file's name.</summary>
    public static string WriteControlledTo(TemporaryFolder folder)
    {
        var file = Path.Combine(folder.Path, "controlled.yaml");
        File.WriteAllText(file, ControlledYaml());
        return file;
    }

    /// <summary>Writes one with another server, <c>other</c>, into a folder and returns the file's name.</summary>
    public static string WriteWithServerTo(TemporaryFolder folder, Uri url)
    {
        var file = Path.Combine(folder.Path, "upstream.yaml");
        File.WriteAllText(file, Yaml(TimeSpan.FromHours(2)) + $"servers: {{ other: {{ url: {url}, private: true }} }}\n");
        return file;
    }

    private static string Yaml(TimeSpan passivateAfter) => $"""
        sessions:
          idleTimeout: 3h
          lifetime: 24h
          passivateAfter: {(long)passivateAfter.TotalSeconds}s
        tenants:
          acme:
            quotas: {TenantQuotas}
            clients:
              alice:
                keys:
                  - sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}
                permissions: ["tool:*", "resource:*", "prompt:*", "records:*:read", "records:*:write"]
                quotas: {Quotas}
          globex:
            clients:
              flood:
                keys:
                  - sha256: {Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(FloodKey)))}
                permissions: ["tool:*"]
                quotas: {FloodQuotas}

        """;

    /// <summary>Every control that a session has, none of which is ever met: permissions one by one, ten rules, every quota at every level.</summary>
    private static string ControlledYaml() => $$"""
        sessions: { idleTimeout: 3h, lifetime: 24h, passivateAfter: 2h }
        policies:
          - version: "1"
            default: deny
            tools:
              echo:
                rules:
                  - { name: one, conditions: [{ path: args.text, op: exists, value: true }] }
                  - { name: two, conditions: [{ path: args.text, op: neq, value: forbidden }] }
                  - { name: three, conditions: [{ path: args.text, op: not_in, value: [a, b, c] }] }
                  - { name: four, conditions: [{ path: args.text, op: regex, value: "^[a-zA-Z0-9 .,-]*$" }] }
                  - { name: five, conditions: [{ path: args.other, op: exists, value: false }] }
                  - { name: six, rate_limit: 900000000/hour, per: session }
              "*":
                rules:
                  - { name: seven, conditions: [{ path: args.path, op: exists, value: false }] }
                  - { name: eight, conditions: [{ path: args.url, op: exists, value: false }] }
                  - { name: nine, conditions: [{ path: args.command, op: exists, value: false }] }
                  - { name: ten, conditions: [{ path: args.tenant, op: exists, value: false }] }
        tenants:
          acme:
            quotas: {{AllQuotas}}
            sessionQuotas: {{AllSessionQuotas}}
            clients:
              alice:
                keys:
                  - sha256: {{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Key)))}}
                permissions: [tool:echo, tool:increment, tool:whoami, "tool:records_*", "tool:cache_*", "tool:session_*", "prompt:*", "resource:demo://*"]
                quotas: {{AllQuotas}}
                sessionQuotas: {{AllSessionQuotas}}

        """;

    private const string AllWindows = "callsPerMinute: 900000000, requestsPerMinute: 900000000, writesPerMinute: 900000000, computeSecondsPerMinute: 900000000, outputBytesPerMinute: 900000000000, "
        + "egressCallsPerMinute: 1000000, egressBytesPerMinute: 1000000000, concurrentCalls: 1000000, stateBytes: 1000000000000, callTimeout: 1h";

    private const string AllQuotas = "{ sessions: 1000000, sessionsPerMinute: 1000000, " + AllWindows + " }";
    private const string AllSessionQuotas = "{ " + AllWindows + " }";

    // The defaults of a tenant are met by a benchmark.
    private const string TenantQuotas = "{ requestsPerMinute: 1000000000, writesPerMinute: 1000000000 }";

    // Met at once by whoever floods.
    private const string FloodQuotas = "{ sessions: 1000, callsPerMinute: 6000 }";
    private const string Quotas = "{ sessions: 1000000, callsPerMinute: 1000000000, concurrentCalls: 1000000, stateBytes: 1000000000000 }";
}
