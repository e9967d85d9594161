using System.Globalization;
using Azure;
using Azure.Data.Tables;
using Azure.Identity;
using OrleansMcp.Server.Commands;
using OrleansMcp.Signals.Chains;
using OrleansMcp.Silo.Settings;
using OrleansMcp.Silo.Storage;
using OrleansMcp.Storage.AzureTables.Audit;

namespace OrleansMcp.Silo.Commands;

/// <summary>
/// <c>audit verify</c>: whether the audit in the tables is what was written. Only reads, and works while the cluster runs. Prints and returns
/// what the command of the other host does for files; a chain is that of one process, <c>TENANT/WRITER</c>.
/// </summary>
internal static class AuditCommand
{
    private const string Usage =
        "audit verify [--tenant TENANT] [--expect TENANT/WRITER:SEQUENCE:HASH]... --tables:connectionString TEXT | --tables:serviceUri URI [--tables:clientId ID]";

    /// <summary>Exit code 0: intact, 1: not, 2: nothing to verify or wrong usage.</summary>
    public static async Task<int> VerifyAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        if (AuditArguments.Read(arguments, out var problem) is not { } asked)
        {
            return AuditReport.Fail(error, problem + Environment.NewLine + Usage);
        }

        try
        {
            // With the patience of the client library: no session waits for this.
            var tables = TableService.Create(SettingsReader.ReadTables(asked.Settings), new TableClientOptions());
            return await VerifyAsync(new TableAuditReader(tables), asked, output, error);
        }
        catch (SettingsException e)
        {
            return AuditReport.Fail(error, e.Message + Environment.NewLine + Usage);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return AuditReport.Fail(error, "There is no audit in these tables.");
        }
        catch (RequestFailedException e) when (e.Status != 0)
        {
            return AuditReport.Fail(error, string.Create(CultureInfo.InvariantCulture, $"The tables refuse to be read: {e.Status} {e.ErrorCode}"));
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException or AuthenticationFailedException or OperationCanceledException)
        {
            return AuditReport.Fail(error, $"The tables cannot be reached: {e.Message}");
        }
    }

    private static async Task<int> VerifyAsync(TableAuditReader audit, AuditArguments asked, TextWriter output, TextWriter error)
    {
        var stored = await audit.TenantsAsync(CancellationToken.None);
        var tenants = stored.Union(asked.Expected.Select(head => head.Tenant)).Order(StringComparer.Ordinal).ToList();
        if (tenants.Count == 0)
        {
            return AuditReport.Fail(error, "There is no audit in these tables.");
        }

        if (asked.Tenant is { } tenant && !tenants.Contains(tenant))
        {
            return AuditReport.Fail(error, $"There is no audit of '{tenant}' in these tables.");
        }

        var (findings, unchained) = (0, 0);
        foreach (var one in asked.Tenant is null ? tenants : [asked.Tenant])
        {
            var expected = asked.Expected.Where(head => head.Tenant == one).ToLookup(head => head.Writer, head => head.Head);
            var found = await audit.VerifyAsync(one, expected, CancellationToken.None);
            findings += Report(one, found.Chains, output);
            unchained += found.Unchained;
        }

        if (unchained > 0)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Not chained, written by a former version: {unchained} entries"));
        }

        return findings == 0 ? AuditReport.Intact : AuditReport.Damaged;
    }

    private static int Report(string tenant, IReadOnlyDictionary<string, AuditChainCheck> chains, TextWriter output)
    {
        foreach (var (writer, check) in chains)
        {
            AuditReport.Write(output, AuditRow.NameOf(tenant, writer), check);
        }

        return chains.Values.Sum(check => check.Findings.Count);
    }
}
