using System.CommandLine;
using OrleansMcp.Auditing;
using OrleansMcp.Hosting.Settings;

namespace OrleansMcp.Server.Commands;

/// <summary><c>audit verify</c> and <c>audit export</c>. Both only read, and work while servers write.</summary>
internal static class AuditCommand
{
    private const string NoAudit = "There is no audit";

    private static readonly Option<string?> s_tenant = new("--tenant") { Description = "Only this tenant's audit ('_': the operator's). Default: all." };
    private static readonly Option<string[]> s_expect = new("--expect")
    {
        Description = "A head noted earlier: TENANT:SEQUENCE:HASH, or TENANT/WRITER:SEQUENCE:HASH in tables. May be given more than once.",
    };

    public static Command Create()
    {
        var verify = new Command("verify", "Verifies the audit's chains. Exit code 0: intact, 1: not, 2: nothing to verify or wrong usage.") { s_tenant, s_expect };
        var export = new Command("export", "Writes the entries as they are stored, one JSON object a line, oldest first.") { s_tenant };
        return new Command("audit", "The audit.") { verify.On(ExitCode.Misused, VerifyAsync), export.On(ExitCode.Misused, ExportAsync) };
    }

    private static async Task<int> VerifyAsync(ServerSettings settings, ParseResult result, CancellationToken cancellationToken)
    {
        var expected = new List<NotedHead>();
        foreach (var text in result.GetValue(s_expect) ?? [])
        {
            if (NotedHead.Read(text) is not { } head || head.Writer.Length > 0 != (settings.Store == StoreKind.Tables))
            {
                return result.Fail($"--expect: '{text}' is not {(settings.Store == StoreKind.Tables ? "TENANT/WRITER" : "TENANT")}:SEQUENCE:HASH.", ExitCode.Misused);
            }

            expected.Add(head);
        }

        using var store = OpenedAudit.Open(settings);
        if (await ChosenAsync(store.Audit, result, expected, cancellationToken) is not { } tenants)
        {
            return ExitCode.Misused;
        }

        var (findings, unchained, output) = (0, 0, result.InvocationConfiguration.Output);
        foreach (var tenant in tenants)
        {
            var heads = expected.Where(head => head.Tenant == tenant).ToLookup(head => head.Writer, head => head.Head);
            var found = await store.Audit.VerifyAsync(tenant, heads, cancellationToken);
            AuditReport.Write(output, tenant, found);
            findings += found.Chains.Values.Sum(check => check.Findings.Count);
            unchained += found.Unchained;
        }

        AuditReport.WriteUnchained(output, unchained);
        AuditReport.WriteVerdict(output, findings);
        return findings == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    private static async Task<int> ExportAsync(ServerSettings settings, ParseResult result, CancellationToken cancellationToken)
    {
        using var store = OpenedAudit.Open(settings);
        if (await ChosenAsync(store.Audit, result, [], cancellationToken) is not { } tenants)
        {
            return ExitCode.Misused;
        }

        var output = result.InvocationConfiguration.Output;
        foreach (var tenant in tenants)
        {
            await foreach (var line in store.Audit.ExportAsync(tenant, cancellationToken))
            {
                await output.WriteLineAsync(System.Text.Encoding.UTF8.GetString(line.Span));
            }
        }

        return ExitCode.Done;
    }

    /// <summary>The tenants that are asked for; null when there is nothing, which is told.</summary>
    private static async Task<IReadOnlyList<string>?> ChosenAsync(
        IAuditReader audit, ParseResult result, IReadOnlyList<NotedHead> expected, CancellationToken cancellationToken)
    {
        var stored = await audit.TenantsAsync(cancellationToken);
        var tenants = stored.Union(expected.Select(head => head.Tenant)).Order(StringComparer.Ordinal).ToList();
        if (result.GetValue(s_tenant) is not { } tenant)
        {
            if (tenants.Count == 0)
            {
                result.Fail(NoAudit + " in this store.", ExitCode.Misused);
            }

            return tenants.Count == 0 ? null : tenants;
        }

        if (!tenants.Contains(tenant))
        {
            result.Fail($"{NoAudit} of '{tenant}' in this store.", ExitCode.Misused);
            return null;
        }

        return [tenant];
    }
}
