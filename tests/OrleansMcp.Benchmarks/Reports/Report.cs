using System.Runtime.InteropServices;

namespace OrleansMcp.Benchmarks.Reports;

/// <summary>Prints what was measured as it comes, and at the end what was aimed at.</summary>
internal sealed class Report(TextWriter output)
{
    private readonly Table _targets = new("Target", "aimed at", "measured", "met");
    private readonly List<string> _failures = [];
    private long _checked;
    private int _targetCount;
    private bool _quick;

    public IReadOnlyList<string> Failures => _failures;

    public void Head(BenchmarkOptions options)
    {
        _quick = options.Quick;
        output.WriteLine("# OrleansMcp benchmarks");
        output.WriteLine();
        output.WriteLine($"{Environment.ProcessorCount} cores shared by server and load generator, {RuntimeInformation.FrameworkDescription}, "
            + $"{RuntimeInformation.OSDescription}; rounds of {options.Round.TotalSeconds:0.#} s{(options.Quick ? " (quick: too short to mean much)" : "")}. "
            + $"Load average before: {string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ').Take(3))}.");
        output.WriteLine();
    }

    public void Section(string title, string how, Table table)
    {
        output.WriteLine($"## {title}");
        output.WriteLine();
        output.WriteLine(how);
        output.WriteLine();
        output.WriteLine(table);
        output.Flush();
    }

    /// <summary>A table that cannot be measured here, and what it would take.</summary>
    public void LeftOut(string title, string why)
    {
        output.WriteLine($"## {title}");
        output.WriteLine();
        output.WriteLine(why);
        output.WriteLine();
    }

    /// <summary>A figure that the project has set itself a limit for.</summary>
    public void Target(string what, double limit, double measured, string unit) => Target(what, "<=", limit, measured, unit, measured <= limit);

    /// <summary>A figure that must not be lower than a limit.</summary>
    public void TargetAtLeast(string what, double limit, double measured, string unit) =>
        Target(what, ">=", limit, measured, unit, measured >= limit);

    public void Checked(long replies) => _checked += replies;

    public void Failed(string what) => _failures.Add(what);

    public void Summary(TimeSpan elapsed)
    {
        if (_targetCount > 0 && !_quick)
        {
            output.WriteLine("## Targets");
            output.WriteLine();
            output.WriteLine(_targets);
        }

        output.WriteLine($"{_checked:N0} replies checked, {(_failures.Count == 0 ? "all right" : "NOT ALL RIGHT")}; {elapsed.TotalSeconds:0} s.");
        foreach (var failure in _failures)
        {
            output.WriteLine($"- WRONG: {failure}");
        }
    }

    private void Target(string what, string relation, double limit, double measured, string unit, bool met)
    {
        _targetCount++;
        _targets.Add(what, $"{relation} {limit:0.##}{unit}", $"{measured:0.##}{unit}", met ? "yes" : "NO");
    }
}
