using System.CommandLine;
using OrleansMcp.Embedded.Audit;
using OrleansMcp.Signals.Chains;

namespace OrleansMcp.Server.Commands;

/// <summary><c>audit verify</c>: whether the audit is what was written. Works while a server runs on the folder.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data") { Description = "The data folder.", DefaultValueFactory = _ => ServerSettings.DefaultDataFolder };
        var tenant = new Option<string?>("--tenant") { Description = "Only this tenant's audit ('_': the operator's). Default: all." };
        var expect = new Option<string[]>("--expect")
        {
            Description = "A head noted earlier, TENANT:SEQUENCE:HASH; may be given more than once.",
        };
        var verify = new Command("verify", "Verifies the audit's chains. Exit code 0: intact, 1: not, 2: nothing to verify or wrong usage.")
        {
            data, tenant, expect,
        };
        verify.SetAction(result => Verify(result.GetValue(data)!, result.GetValue(tenant), result.GetValue(expect) ?? [], Console.Out, Console.Error));
        return new Command("audit", "The audit.") { verify };
    }

    internal static int Verify(string data, string? tenant, string[] expected, TextWriter output, TextWriter error)
    {
        if (AuditVerification.Find(data) is not { } audit)
        {
            return AuditReport.Fail(error, $"There is no audit in {Path.GetFullPath(data)}.");
        }

        var heads = expected.Select(Read).ToList();
        if (heads.FindIndex(head => head is null) is >= 0 and var wrong)
        {
            return AuditReport.Fail(error, $"--expect: '{expected[wrong]}' is not TENANT:SEQUENCE:HASH.");
        }

        var chains = audit.Chains.Union(heads.Select(head => head!.Value.Chain)).Order(StringComparer.Ordinal).ToList();
        if (tenant is not null && !chains.Remove(tenant))
        {
            return AuditReport.Fail(error, $"There is no audit of '{tenant}' in {Path.GetFullPath(data)}.");
        }

        try
        {
            return Report(audit, tenant is null ? chains : [tenant], [.. heads.Select(head => head!.Value)], output);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return AuditReport.Fail(error, e.Message);
        }
    }

    private static int Report(
        AuditVerification audit, IReadOnlyList<string> chains, IReadOnlyList<(string Chain, AuditHead Head)> heads, TextWriter output)
    {
        var findings = 0;
        foreach (var chain in chains)
        {
            var check = audit.Verify(chain, heads.Where(head => head.Chain == chain).Select(head => head.Head));
            findings += check.Findings.Count;
            AuditReport.Write(output, chain, check);
        }

        if (audit.Unchained is { Count: > 0 } old)
        {
            output.WriteLine($"Not chained, written by a former version: {string.Join(", ", old.Select(Path.GetFileName))}");
        }

        return findings == 0 ? AuditReport.Intact : AuditReport.Damaged;
    }

    private static (string Chain, AuditHead Head)? Read(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && AuditFiling.IsChain(text[..colon]) && AuditHead.TryParse(text[(colon + 1)..], out var head) ? (text[..colon], head) : null;
    }
}
