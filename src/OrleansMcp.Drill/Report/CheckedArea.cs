using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;
using OrleansMcp.Drill.Workloads.Records;
using OrleansMcp.Drill.Workloads.Sessions;
using OrleansMcp.Drill.Workloads.Tenants;
using OrleansMcp.Drill.Workloads.Upstreams;

namespace OrleansMcp.Drill.Report;

/// <summary>A check as the report has it: what it needs to be made, and when it was made often enough.</summary>
/// <param name="Area">The name of the row, one of <see cref="Areas"/>.</param>
/// <param name="Rule">The rule that it enforces, for people.</param>
/// <param name="Tool">The tool that it cannot do without; null for none.</param>
/// <param name="Company">What clients it needs.</param>
/// <param name="Findings">The rules that its findings break.</param>
internal sealed record CheckedArea(string Area, string Rule, string? Tool, Company Company, params string[] Findings)
{
    /// <summary>With fewer operations that took effect, work says nothing.</summary>
    private const int EnoughWork = 10;

    /// <summary>An attack is judged by its answer alone, so few are enough; grants by those who use them.</summary>
    private const int EnoughOthers = 3;

    public static IReadOnlyList<CheckedArea> All { get; } =
    [
        new(Areas.Sessions, "the owner's from opening to end", Tool: null, Company.Any, SessionCheck.Lost, SessionCheck.UsedAfterEnd, SessionCheck.WrongIdentity),
        new(Areas.Counters, "the sum of the increments", CounterWorkload.Tool, Company.Any, SessionCounterCheck.Wrong),
        new(Areas.Secrets, "the session's own, to its end", SecretWorkload.Tool, Company.Any, SecretCheck.Foreign, SecretCheck.Wrong),
        new(Areas.ClientCaches, "within the client", CachedReply.OfClient, Company.Any),
        new(Areas.TenantCaches, "within the tenant", CachedReply.OfTenant, Company.Tenants, CacheCheck.Foreign, CacheCheck.Wrong),
        new(Areas.ToolLog, "own entries, no contents", ToolLogWorkload.Tool, Company.Tenants, ToolLogCheck.Foreign, ToolLogCheck.Contents),
        new(Areas.Upstream, "each session has one of its own", UpstreamWorkload.Count, Company.Any,
            UpstreamCheck.Foreign, UpstreamCheck.Wrong, UpstreamCheck.NotCounted, UpstreamCheck.Left),
        new(Areas.Records, "strictly serialisable, exact", RecordCalls.Put, Company.Any),
        new(Areas.Grants, "access within grants only", RecordCalls.Share, Company.Peers, GrantCheck.WithoutGrant, GrantCheck.WithinGrant),
        new(Areas.ForgedIds, "refused", Tool: null, Company.Any),
        new(Areas.SessionAttacks, "refused like what never was", Tool: null, Company.Peers),
        new(Areas.TenantAttacks, "refused like what never was", Tool: null, Company.Tenants),
        new(Areas.RecordAttacks, "refused like what never was", RecordCalls.Put, Company.Peers),
    ];

    private bool IsAttack => Area is Areas.ForgedIds or Areas.SessionAttacks or Areas.TenantAttacks or Areas.RecordAttacks;

    /// <summary>Whether the row counts the finding: that of an attack is the row of the attack's, one that no row names is one of records.</summary>
    public bool Counts(Finding finding) => finding.Rule is AttackCheck.Succeeded or AttackCheck.Revealing or CacheCheck.Foreign or CacheCheck.Wrong
        ? finding.Evidence[0].Area == Area
        : finding.Rule != SignalCheck.Missing
            && (Findings.Contains(finding.Rule, StringComparer.Ordinal) || (Area == Areas.Records && !All.Any(area => area.Findings.Contains(finding.Rule, StringComparer.Ordinal))));

    /// <summary>Judges a run by this check.</summary>
    public AreaRow Judge(DrillPlan plan, DrillHistory history, IReadOnlyList<Finding> findings)
    {
        var operations = history.Operations.Where(operation => operation.Area == Area).ToList();
        var (counts, found) = (Report.Counts.Of(operations), findings.Count(Counts));
        var row = new AreaRow(Area, Rule, counts, found, CheckState.Clean, Reason: null);
        if (found > 0)
        {
            return row with { State = CheckState.Found };
        }

        if (Missing(plan, history) is { } missing)
        {
            return row with { State = CheckState.NotChecked, Reason = missing };
        }

        var hindrance = Report.Counts.MostFrequent(operations);
        return Shortage(operations, counts, history) is { } shortage
            ? row with { State = CheckState.TooLittle, Reason = hindrance is null ? shortage : $"{shortage}, most often for: {hindrance}", Remedy = hindrance?.Remedy }
            : row;
    }

    /// <summary>Why these clients cannot check it on this server; null when they can.</summary>
    private string? Missing(DrillPlan plan, DrillHistory history) => Company switch
    {
        Company.Tenants when plan.Clients.DistinctBy(client => client.Tenant).Count() < 2 => "that takes clients of a second tenant",
        Company.Peers when !plan.Clients.GroupBy(client => client.Tenant).Any(tenant => tenant.Count() > 1) => "that takes two clients of one tenant",
        _ when Tool is not null && !history.Offered(Tool) => $"no client is offered {Tool}: there is no such tool, or no permission tool:{Tool}",
        _ => null,
    };

    /// <summary>What there was too little of; null when there was enough.</summary>
    private string? Shortage(List<Operation> operations, Counts counts, DrillHistory history)
    {
        if (counts.IsMostlyHindered)
        {
            return FormattableString.Invariant($"{counts.Hindered} of {counts.All} were not done");
        }

        if (IsAttack)
        {
            // What an attack is compared with is an attack itself where the id is made up.
            var judged = operations.OfType<Attack>().Count(attack => attack.IsJudged && (!attack.IsBaseline || Area == Areas.ForgedIds));
            return judged >= EnoughOthers ? null : FormattableString.Invariant($"{judged} attacks were judged, and {EnoughOthers} are needed");
        }

        if (Area == Areas.Grants)
        {
            var (changes, uses) = (counts.Ok, history.Operations.OfType<Transaction>().Count(GrantCheck.IsJudged));
            return changes >= EnoughOthers && uses >= EnoughOthers ? null
                : FormattableString.Invariant($"{changes} grants were changed and {uses} times another's namespace was used, and {EnoughOthers} of both are needed");
        }

        if (Area == Areas.Upstream && history.UpstreamLeft.Count > 0)
        {
            return FormattableString.Invariant($"{history.UpstreamLeft.Count} sessions were left at the other server, and not all of the drill's are known to be over");
        }

        var telling = operations.Where(operation => operation.IsOk && IsTelling(operation)).ToList();
        return telling.Count < EnoughWork ? FormattableString.Invariant($"{telling.Count} {Telling} took effect, and {EnoughWork} are needed")
            : Company == Company.Tenants && telling.DistinctBy(operation => operation.Client.Tenant).Count() < 2 ? "all of them are one tenant's"
            : Area == Areas.Upstream && telling.DistinctBy(operation => operation.Stamp.Session).Count() < 2 ? "all of them are one session's"
            : Area == Areas.ClientCaches && telling.DistinctBy(operation => operation.Client).Count() < 2 ? "all of them are one client's"
            : null;
    }

    /// <summary>Whether the check could tell by this operation that something is wrong.</summary>
    private bool IsTelling(Operation operation) => Area switch
    {
        Areas.Secrets => operation is SecretUse,
        Areas.Records => operation is Transaction { Writes.Count: > 0 },
        _ => true,
    };

    private string Telling => Area switch
    {
        Areas.Secrets => "signatures",
        Areas.Records => "writes",
        _ => "operations",
    };
}
