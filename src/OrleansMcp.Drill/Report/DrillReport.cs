using System.Globalization;
using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Report;

/// <summary>Judges the history of a run, and writes the judgement for people.</summary>
internal sealed class DrillReport
{
    private const int MostFindings = 10;

    private static readonly TimeSpan s_noticeable = TimeSpan.FromSeconds(1);

    private readonly DrillPlan _plan;
    private readonly DrillHistory _history;
    private readonly IReadOnlyList<string> _shortfalls;

    public DrillReport(DrillPlan plan, DrillHistory history)
    {
        (_plan, _history) = (plan, history);
        Finding[] findings = [.. IsolationChecks.Of(history.Operations), .. UpstreamCheck.LeftOf(history.Operations, history.UpstreamLeft)];
        var (signals, missing) = SignalRow.Judge(history);
        Findings = [.. findings, .. missing];
        Rows = [.. CheckedArea.All.Select(area => area.Judge(plan, history, findings)), signals];
        _shortfalls = Shortfalls.Of(plan, history, Rows);
    }

    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>The checks, those too that were not made.</summary>
    public IReadOnlyList<AreaRow> Rows { get; }

    /// <summary>How many operations the server did or judged.</summary>
    public int Checked => Rows.Where(row => row.Area != Areas.Signals).Sum(row => row.Counts.Ok + row.Counts.Refused);

    /// <summary>What to say of the server: clean only where nothing that these clients can check came short.</summary>
    public DrillVerdict Verdict => Findings.Count > 0 ? DrillVerdict.NotClean
        : _shortfalls.Count > 0 ? DrillVerdict.Inconclusive
        : DrillVerdict.Clean;

    public void WriteTo(TextWriter output)
    {
        var tenants = _plan.Clients.Select(client => client.Tenant).Distinct(StringComparer.Ordinal).Count();
        output.WriteLine(Invariant(
            $"{_plan.Clients.Count} clients of {tenants} tenants, {DrillPlan.UsersPerClient} virtual users each, seed {_plan.Seed} (decides what each virtual user does, not how they interleave)"));
        output.WriteLine();
        WriteTable(output);
        output.WriteLine();
        WriteRefusals(output);
        WriteSignals(output);
        foreach (var finding in Findings.Take(MostFindings))
        {
            Write(output, finding);
        }

        if (Findings.Count > MostFindings)
        {
            output.WriteLine(Invariant($"... and {Findings.Count - MostFindings} more."));
        }

        WriteVerdict(output);
    }

    private void WriteTable(TextWriter output)
    {
        output.WriteLine("| check             | rule                            |    all |     ok | refused | not done | verdict |");
        output.WriteLine("|-------------------|---------------------------------|-------:|-------:|--------:|---------:|---------|");
        foreach (var row in Rows)
        {
            output.WriteLine(Invariant(
                $"| {row.Area,-17} | {row.Rule,-31} | {row.Counts.All,6} | {row.Counts.Ok,6} | {row.Counts.Refused,7} | {row.Counts.Hindered,8} | {row.Verdict} |"));
        }
    }

    private void WriteRefusals(TextWriter output)
    {
        output.WriteLine($"Refused, attacks apart: {Listed(_history.Operations.Where(one => one is { IsRefused: true, Hindrance: null } and not Attack).Select(one => one.Stamp.Code ?? "without a code"))}.");
        output.WriteLine($"Not done: {Listed(_history.Operations.Select(one => one.Hindrance).OfType<Hindrance>().Select(one => one.ToString()))}.");
        var waited = _history.Waited.Where(one => one.Value >= s_noticeable).OrderBy(one => one.Key.ToString(), StringComparer.Ordinal).ToList();
        if (waited.Count > 0)
        {
            output.WriteLine($"Waited because the server said so: {string.Join(", ", waited.Select(one => Invariant($"{one.Key} {one.Value.TotalSeconds:0} s")))}.");
        }
    }

    private void WriteSignals(TextWriter output)
    {
        if (_history is not { Before.Counts: { } before, After.Counts: { } after })
        {
            return;
        }

        foreach (var (signal, attacks) in SignalCheck.Expected(_history.Operations).OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            output.WriteLine(Invariant($"Signal {signal}: {attacks} attacks, raised {after.GetValueOrDefault(signal) - before.GetValueOrDefault(signal)} times."));
        }
    }

    private void WriteVerdict(TextWriter output)
    {
        var notChecked = Rows.Count(row => row.State is CheckState.NotChecked or CheckState.TooLittle);
        var rest = notChecked == 0 ? "" : Invariant($"; not checked: {string.Join(", ", Rows.Where(row => row.State is CheckState.NotChecked or CheckState.TooLittle).Select(row => row.Area))}");
        switch (Verdict)
        {
            case DrillVerdict.Clean:
                output.WriteLine(Invariant($"CLEAN: no cross-client effect in {Checked} operations of {Rows.Count - notChecked} checks{rest}."));
                break;
            case DrillVerdict.NotClean:
                output.WriteLine(Invariant($"NOT CLEAN: {Findings.Count} findings in {Checked} operations; seed {_plan.Seed}{rest}."));
                break;
            default:
                output.WriteLine(Invariant($"INCONCLUSIVE: no finding, but too little was checked ({Checked} operations){rest}."));
                break;
        }

        foreach (var shortfall in _shortfalls)
        {
            output.WriteLine($"  {shortfall}");
        }
    }

    private static void Write(TextWriter output, Finding finding)
    {
        output.WriteLine();
        output.WriteLine($"FOUND: {finding.Rule}. {finding.Message}");
        foreach (var operation in finding.Evidence)
        {
            output.WriteLine($"  {operation.Line}");
        }
    }

    private static string Listed(IEnumerable<string> names) => string.Join(
        ", ", names.CountBy(name => name, StringComparer.Ordinal).OrderByDescending(count => count.Value).Select(count => Invariant($"{count.Value} {count.Key}")).DefaultIfEmpty("none"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
