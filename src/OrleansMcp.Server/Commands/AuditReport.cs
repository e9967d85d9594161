using System.Globalization;
using OrleansMcp.Signals.Chains;

namespace OrleansMcp.Server.Commands;

/// <summary>What <c>audit verify</c> prints and returns, the same for files and for tables.</summary>
internal static class AuditReport
{
    public const int Intact = 0;
    public const int Damaged = 1;
    public const int Unusable = 2;

    /// <summary>Prints a chain with its findings.</summary>
    public static void Write(TextWriter output, string chain, AuditChainCheck check)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{chain}: {check.Entries} entries, {Shown(check.First)} to {Shown(check.Last)}, head {check.Head}{(check.Findings.Count == 0 ? "" : $", {check.Findings.Count} findings")}"));
        foreach (var finding in check.Findings)
        {
            output.WriteLine($"  {finding.Place}: {finding.Problem}");
        }
    }

    public static int Fail(TextWriter error, string message)
    {
        error.WriteLine(message);
        return Unusable;
    }

    private static string Shown(DateTimeOffset? at) => at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "-";
}
