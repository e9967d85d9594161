using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;
using OrleansMcp.Drill.Workloads.Records;
using OrleansMcp.Drill.Workloads.Sessions;
using OrleansMcp.Drill.Workloads.Tenants;

namespace OrleansMcp.Drill.Report;

/// <summary>A row of the report.</summary>
/// <param name="Area">The name of the row, one of <see cref="Areas"/>.</param>
/// <param name="Rule">The rule that its checks enforce, for people.</param>
/// <param name="Operations">How many operations there were.</param>
/// <param name="Ok">How many of them took effect.</param>
/// <param name="Refused">How many were refused.</param>
/// <param name="Unknown">How many have no known outcome.</param>
/// <param name="Verdict"><see cref="Clean"/>, the number of findings, or why there was nothing to check.</param>
internal sealed record AreaRow(string Area, string Rule, int Operations, int Ok, int Refused, int Unknown, string Verdict)
{
    public const string Clean = "clean";

    private static readonly (string Area, string Rule, string Tool, string[] Rules)[] s_areas =
    [
        (Areas.Sessions, "the owner's from opening to end", "", [SessionCheck.Lost, SessionCheck.UsedAfterEnd, SessionCheck.WrongIdentity]),
        (Areas.Counters, "the sum of the increments", CounterWorkload.Tool, [SessionCounterCheck.Wrong]),
        (Areas.Secrets, "the session's own, to its end", SecretWorkload.Tool, [SecretCheck.Foreign, SecretCheck.Wrong]),
        (Areas.Caches, "within the tenant or client", CachedReply.OfTenant, [CacheCheck.Foreign, CacheCheck.Wrong]),
        (Areas.ToolLog, "own entries, no contents", ToolLogWorkload.Tool, [ToolLogCheck.Foreign, ToolLogCheck.Contents]),
        (Areas.Records, "strictly serialisable, exact", RecordCalls.Put, []),
        (Areas.Grants, "access within grants only", RecordCalls.Share, [GrantCheck.WithoutGrant, GrantCheck.WithinGrant]),
        (Areas.Attacks, "refused like what never was", "", [AttackCheck.Succeeded, AttackCheck.Revealing]),
    ];

    /// <summary>The rows of a run; a finding that no row names is one of records.</summary>
    public static IReadOnlyList<AreaRow> Of(DrillHistory history, IReadOnlyList<Finding> findings)
    {
        var named = s_areas.SelectMany(area => area.Rules).Append(SignalCheck.Missing).ToHashSet(StringComparer.Ordinal);
        return [.. s_areas.Select(area => Row(
            area.Area, area.Rule, area.Tool, history,
            findings.Count(found => area.Area == Areas.Records ? !named.Contains(found.Rule) : area.Rules.Contains(found.Rule, StringComparer.Ordinal))))];
    }

    private static AreaRow Row(string area, string rule, string tool, DrillHistory history, int findings)
    {
        var operations = history.Operations.Where(operation => operation.Area == area).ToList();
        var (ok, refused) = (operations.Count(one => one.IsOk), operations.Count(one => one.IsRefused));
        var nothing = area == Areas.Attacks ? refused == 0 : ok == 0;
        var verdict = findings > 0 ? $"{findings} FOUND"
            : tool.Length > 0 && !history.Offered(tool) ? "not offered"
            : nothing ? "not checked: nothing took effect"
            : Clean;
        return new(area, rule, operations.Count, ok, refused, operations.Count - ok - refused, verdict);
    }
}
