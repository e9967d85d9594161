using System.Globalization;
using OrleansMcp.Auditing;

namespace OrleansMcp.Server.Commands;

/// <summary>What <c>audit verify</c> prints.</summary>
internal static class AuditReport
{
    /// <summary>Prints the chains of a tenant with their findings.</summary>
    public static void Write(TextWriter output, string tenant, TenantAudit audit)
    {
        foreach (var (writer, check) in audit.Chains)
        {
            Write(output, writer.Length == 0 ? tenant : $"{tenant}/{writer}", check);
        }
    }

    public static void WriteUnchained(TextWriter output, int entries)
    {
        if (entries > 0)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Not chained, written by a former version: {entries} entries"));
        }
    }

    /// <summary>Prints what all of it comes to.</summary>
    public static void WriteVerdict(TextWriter output, int findings) => output.WriteLine(findings == 0
        ? "The audit is intact."
        : string.Create(CultureInfo.InvariantCulture, $"The audit is NOT intact: {findings} findings."));

    private static void Write(TextWriter output, string chain, AuditChainCheck check)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{chain}: {check.Entries} entries, {Shown(check.First)} to {Shown(check.Last)}, head {check.Head}{(check.Findings.Count == 0 ? "" : $", {check.Findings.Count} findings")}"));
        foreach (var finding in check.Findings)
        {
            output.WriteLine($"  {finding.Place}: {finding.Problem}");
        }
    }

    private static string Shown(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "-";
}
