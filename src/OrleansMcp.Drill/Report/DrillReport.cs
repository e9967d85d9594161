using System.Globalization;
using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Run;

namespace OrleansMcp.Drill.Report;

/// <summary>Judges the history of a run, and writes the judgement for people.</summary>
internal sealed class DrillReport
{
    private const int MostFindings = 10;

    private readonly DrillPlan _plan;
    private readonly DrillHistory _history;
    private readonly IReadOnlyList<AreaRow> _rows;

    public DrillReport(DrillPlan plan, DrillHistory history)
    {
        (_plan, _history) = (plan, history);
        List<Finding> findings = [.. IsolationChecks.Of(history.Operations)];
        if (history is { Before: { } before, After: { } after })
        {
            findings.AddRange(SignalCheck.Of(history.Operations, before, after));
        }

        Findings = findings;
        _rows = AreaRow.Of(history, findings);
    }

    public IReadOnlyList<Finding> Findings { get; }

    /// <summary>How many operations were recorded and checked.</summary>
    public int Checked => _rows.Sum(row => row.Operations);

    /// <summary>Whether there are no findings, and at least one row is <see cref="AreaRow.Clean"/>: a run that did nothing is not clean.</summary>
    public bool IsClean => Findings.Count == 0 && _rows.Any(row => row.Verdict == AreaRow.Clean);

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

        output.WriteLine(IsClean
            ? Invariant($"CLEAN: no cross-client effect in {Checked} operations.")
            : Findings.Count > 0 ? Invariant($"NOT CLEAN: {Findings.Count} findings in {Checked} operations; seed {_plan.Seed}.")
            : "NOT CLEAN: nothing could be checked.");
    }

    private void WriteTable(TextWriter output)
    {
        output.WriteLine("| area             | checked                         |   done |     ok | refused | unknown | verdict |");
        output.WriteLine("|------------------|---------------------------------|-------:|-------:|--------:|--------:|---------|");
        foreach (var row in _rows)
        {
            output.WriteLine(Invariant(
                $"| {row.Area,-16} | {row.Rule,-31} | {row.Operations,6} | {row.Ok,6} | {row.Refused,7} | {row.Unknown,7} | {row.Verdict} |"));
        }
    }

    private void WriteRefusals(TextWriter output)
    {
        var codes = _history.Operations.Where(operation => operation.IsRefused && operation is not Attack)
            .CountBy(operation => operation.Stamp.Code ?? "without a code", StringComparer.Ordinal).OrderByDescending(code => code.Value);
        output.WriteLine($"Refused, attacks apart: {string.Join(", ", codes.Select(code => Invariant($"{code.Value} {code.Key}")).DefaultIfEmpty("none"))}.");
    }

    private void WriteSignals(TextWriter output)
    {
        if (_history is not { Before: { } before, After: { } after })
        {
            output.WriteLine("Signals: not read (that takes an operator's key), so not checked.");
            return;
        }

        foreach (var (signal, attacks) in SignalCheck.Expected(_history.Operations).OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            var risen = after.GetValueOrDefault(signal) - before.GetValueOrDefault(signal);
            output.WriteLine(Invariant($"Signal {signal}: {attacks} attacks, raised {risen} times{(risen < attacks ? ": TOO FEW" : "")}."));
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

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
