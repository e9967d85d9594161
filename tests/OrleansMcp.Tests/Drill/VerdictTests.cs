using OrleansMcp.Drill;
using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.History;
using OrleansMcp.Drill.Report;
using OrleansMcp.Drill.Run;
using OrleansMcp.Drill.Targets;
using static OrleansMcp.Tests.Drill.Histories;

namespace OrleansMcp.Tests.Drill;

/// <summary>What the report says of a run: nothing is called clean that was not checked, and checked on enough.</summary>
public sealed class VerdictTests
{
    private static readonly SignalReading s_none = SignalReading.WithoutKey;

    [Fact]
    public void A_run_in_which_everything_was_checked_is_clean_and_says_what_it_could_not_check()
    {
        var report = Report(Runs.Full());

        Assert.Equal(DrillVerdict.Clean, report.Verdict);
        Assert.All(report.Rows.SkipLast(1), row => Assert.Equal((row.Area, CheckState.Clean), (row.Area, row.State)));
        Assert.Contains("no operator's key", report.Rows[^1].Verdict, StringComparison.Ordinal);
        Assert.Contains("; not checked: signals.", Text(report), StringComparison.Ordinal);
    }

    public static TheoryData<string> AreaNames => [.. CheckedArea.All.Select(area => area.Area)];

    [Theory]
    [MemberData(nameof(AreaNames))]
    public void A_check_that_was_not_made_makes_the_run_inconclusive(string area)
    {
        var report = Report(Runs.Full().Where(operation => operation.Area != area && !(area == Areas.Grants && operation is Transaction)));

        Assert.Equal(DrillVerdict.Inconclusive, report.Verdict);
        Assert.Equal(CheckState.TooLittle, report.Rows.Single(row => row.Area == area).State);
        Assert.Contains($"\n  {area}: ", Text(report), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(AreaNames))]
    public void A_check_most_of_which_was_not_done_makes_the_run_inconclusive_and_says_what_to_change(string area)
    {
        var full = Runs.Full();
        var ok = full.Where(operation => operation.Area == area).ToList();
        var hindered = ok.Append(ok[0]).Select((one, number) => Emptied(one) with
        {
            Stamp = Hindered(10_000 + (2 * number), 10_001 + (2 * number), HindranceKind.Quota, "callsPerMinute", one.Client, one.Stamp.Session),
        });

        var report = Report(full.Concat(hindered));

        Assert.Equal(DrillVerdict.Inconclusive, report.Verdict);
        Assert.Contains("most often for: quota callsPerMinute", report.Rows.Single(row => row.Area == area).Verdict, StringComparison.Ordinal);
        Assert.Contains("Give these clients a wider quota callsPerMinute", Text(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Namespaces_of_former_runs_that_use_up_the_quota_are_told_as_that() => Assert.Equal(
        "Raise records.maxNamespaces, or give the drill other clients: the two namespaces that each run takes of a client stay.",
        new Hindrance(HindranceKind.Quota, "maxNamespaces").Remedy);

    [Fact]
    public void A_client_that_could_do_next_to_nothing_makes_the_run_inconclusive()
    {
        var refused = Enumerable.Range(0, 30).Select(number =>
            new SessionOpening(Hindered(10_000 + (2 * number), 10_001 + (2 * number), HindranceKind.Credential, "403", Bob)));

        var report = Report([.. Runs.Full(sessions: 40), .. refused]);

        Assert.Equal(DrillVerdict.Inconclusive, report.Verdict);
        Assert.Contains("  acme/bob: 30 of 38 operations were not done", Text(report), StringComparison.Ordinal);
    }

    [Fact]
    public void Reads_alone_do_not_show_that_records_are_serialisable()
    {
        var reads = Enumerable.Range(0, 20).Select(number => Tx(10_000 + (2 * number), 10_001 + (2 * number), "x=0"));
        var report = Report([.. Runs.Full().Where(operation => operation is not Transaction), .. reads]);

        Assert.Contains("0 writes took effect", report.Rows.Single(row => row.Area == Areas.Records).Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void What_takes_a_second_tenant_is_not_checked_without_one_and_the_rest_is()
    {
        var report = Report(Runs.Full(), [Alice, Bob]);

        Assert.Equal(DrillVerdict.Clean, report.Verdict);
        Assert.Equal(
            [Areas.TenantCaches, Areas.ToolLog, Areas.TenantAttacks],
            report.Rows.Where(row => row.Verdict == "not checked: that takes clients of a second tenant").Select(row => row.Area));
    }

    [Fact]
    public void What_takes_two_clients_of_a_tenant_is_not_checked_without_them()
    {
        var report = Report(Runs.Full(), [Alice, Carol]);

        Assert.Equal(
            [Areas.Grants, Areas.SessionAttacks, Areas.RecordAttacks],
            report.Rows.Where(row => row.Verdict == "not checked: that takes two clients of one tenant").Select(row => row.Area));
    }

    [Fact]
    public void What_the_server_does_not_offer_is_not_checked()
    {
        var report = Report(Runs.Full().Where(operation => operation.Area != Areas.Secrets), offers: tool => tool != "secret_sign");

        Assert.Equal(DrillVerdict.Clean, report.Verdict);
        Assert.Contains("no client is offered secret_sign", report.Rows.Single(row => row.Area == Areas.Secrets).Verdict, StringComparison.Ordinal);
    }

    [Fact]
    public void Calls_of_one_session_alone_do_not_show_that_each_has_one_of_its_own_at_another_server()
    {
        var report = Report(Runs.Full().Where(operation => operation is not UpstreamCall { AnsweredBy: "of 2" }).Concat(
            Enumerable.Range(0, 20).Select(number => new UpstreamEcho(Ok(10_000 + (2 * number), 10_001 + (2 * number)), "of 1", "text", "text", []))));

        Assert.Equal("not checked: all of them are one session's", report.Rows.Single(row => row.Area == Areas.Upstream).Verdict);
    }

    [Fact]
    public void What_is_left_at_another_server_is_a_finding_when_all_sessions_are_over_and_before_that_it_is_not_clean()
    {
        var full = Runs.Full();
        var endings = Enumerable.Range(1, 10).Select(session => new SessionEnding(Ok(9_000 + (2 * session), 9_001 + (2 * session), session: session)));

        var over = Report([.. full, .. endings], upstreamLeft: ["of 2", "of nobody"]);
        var open = Report([.. full, .. endings.Skip(1)], upstreamLeft: ["of 2"]);

        Assert.Equal([UpstreamCheck.Left, UpstreamCheck.Left], over.Findings.Select(finding => finding.Rule));
        Assert.Equal(2, Assert.Single(over.Findings[0].Evidence).Stamp.Session);
        Assert.Equal("2 FOUND", over.Rows.Single(row => row.Area == Areas.Upstream).Verdict);
        Assert.Equal((DrillVerdict.Inconclusive, CheckState.TooLittle), (open.Verdict, open.Rows.Single(row => row.Area == Areas.Upstream).State));
    }

    [Fact]
    public void A_server_that_stopped_answering_is_never_clean()
    {
        var report = Report(Runs.Full(), silentAfter: TimeSpan.FromSeconds(4.2));

        Assert.Equal(DrillVerdict.Inconclusive, report.Verdict);
        Assert.Contains("The server stopped answering 4.2 s after the beginning.", Text(report), StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_without_operations_is_inconclusive() => Assert.Equal(DrillVerdict.Inconclusive, Report([]).Verdict);

    [Fact]
    public void A_finding_counts_however_little_was_checked()
    {
        var report = Report([new IdentityQuery(Ok(1, 2), Bob)]);

        Assert.Equal((DrillVerdict.NotClean, CheckState.Found), (report.Verdict, report.Rows[0].State));
    }

    [Fact]
    public void A_finding_of_an_attack_is_in_its_row()
    {
        var report = Report([.. Runs.Full(), new Attack(Ok(10_000, 10_001), "POST", "a session", Attack.TenantSignal, "200", "404")]);

        Assert.Equal("1 FOUND", report.Rows.Single(row => row.State == CheckState.Found).Verdict);
        Assert.Equal(Areas.TenantAttacks, report.Rows.Single(row => row.State == CheckState.Found).Area);
    }

    [Theory]
    [InlineData(0, 100, DrillVerdict.Clean, CheckState.Clean)]
    [InlineData(0, 1, DrillVerdict.NotClean, CheckState.Found)]
    [InlineData(100, 50, DrillVerdict.Clean, CheckState.NotChecked)] // counts begin at 0 with the server
    public void Signals_are_compared_where_they_are_counted_from_before_to_after(long before, long after, DrillVerdict verdict, object state)
    {
        var report = Report(Runs.Full(), before: Signals(before), after: Signals(after));

        Assert.Equal((verdict, state), (report.Verdict, (object)report.Rows[^1].State));
    }

    [Fact]
    public void An_operators_key_that_is_refused_is_told()
    {
        var refused = SignalReading.Of(System.Net.HttpStatusCode.Unauthorized);

        Assert.Equal("not checked: the server refuses the operator's key (401)", Report(Runs.Full(), before: refused, after: refused).Rows[^1].Verdict);
    }

    /// <summary>No two transactions write one value.</summary>
    private static Operation Emptied(Operation operation) => operation is Transaction transaction ? transaction with { Reads = [], Writes = [], Version = 0 } : operation;

    private static SignalReading Signals(long count) => new(
        new[] { Attack.ForgedSignal, Attack.SessionSignal, Attack.TenantSignal, "cross_namespace_read" }.ToDictionary(name => name, _ => count, StringComparer.Ordinal),
        Problem: null);

    private static DrillReport Report(
        IEnumerable<Operation> history, DrillClient[]? clients = null, Func<string, bool>? offers = null, TimeSpan? silentAfter = null,
        SignalReading? before = null, SignalReading? after = null, string[]? upstreamLeft = null) => new(
        new DrillPlan(clients ?? [Alice, Bob, Carol], Seed: 1),
        new DrillHistory([.. history.OrderBy(one => one.Stamp.Begin)], offers ?? (_ => true), before ?? s_none, after ?? s_none)
        {
            SilentAfter = silentAfter, UpstreamLeft = upstreamLeft ?? [],
        });

    private static string Text(DrillReport report)
    {
        using var text = new StringWriter { NewLine = "\n" };
        report.WriteTo(text);
        return text.ToString();
    }
}
