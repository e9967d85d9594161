using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Work;
using OrleansMcp.Drill.Work.Records;

namespace OrleansMcp.Drill.Report;

/// <summary>A row of the report.</summary>
/// <param name="Area">What was worked with.</param>
/// <param name="Rule">What was checked.</param>
/// <param name="Operations">How many operations.</param>
/// <param name="Ok">How many of them took effect.</param>
/// <param name="Refused">How many were refused.</param>
/// <param name="Unknown">Of how many the outcome is not known.</param>
/// <param name="Verdict">What came of the checks, or why there is nothing to check.</param>
internal sealed record AreaRow(string Area, string Rule, int Operations, int Ok, int Refused, int Unknown, string Verdict)
{
    private static readonly (string Area, string Rule, string Tool, string[] Rules)[] s_areas =
    [
        (Areas.Sessions, "the owner's from opening to end", "", [SessionCheck.Lost, SessionCheck.UsedAfterEnd, SessionCheck.WrongIdentity]),
        (Areas.Counters, "the sum of the increments", CounterWork.Tool, [SessionCounterCheck.Wrong]),
        (Areas.Secrets, "the session's own, to its end", SecretWork.Tool, [SecretCheck.Foreign, SecretCheck.Wrong]),
        (Areas.Caches, "within the tenant or client", CacheAnswer.OfTenant, [CacheCheck.Foreign, CacheCheck.Wrong]),
        (Areas.ToolLog, "own entries, no contents", ToolLogWork.Tool, [ToolLogCheck.Foreign, ToolLogCheck.Contents]),
        (Areas.Records, "strictly serialisable, exact", RecordCalls.Put, []),
        (Areas.Grants, "access within grants only", RecordCalls.Share, [GrantCheck.WithoutGrant, GrantCheck.WithinGrant]),
        (Areas.Attacks, "refused like what never was", "", [AttackCheck.Succeeded, AttackCheck.Telling]),
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
            : "clean";
        return new(area, rule, operations.Count, ok, refused, operations.Count - ok - refused, verdict);
    }
}
