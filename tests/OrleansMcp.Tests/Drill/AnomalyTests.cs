using OrleansMcp.Drill.Checks;
using OrleansMcp.Drill.Checks.Records;
using OrleansMcp.Drill.History;
using static OrleansMcp.Tests.Drill.Histories;

namespace OrleansMcp.Tests.Drill;

/// <summary>Histories of records, written by hand: each anomaly under its name, and beside it a history that looks like it and has none.</summary>
public sealed class AnomalyTests
{
    [Fact]
    public void Transactions_that_write_the_same_keys_are_ordered_by_their_versions() =>
        Assert.Empty(Rules(Tx(1, 4, "x: y:", 1), Tx(2, 3, "x: y:", 2)));

    [Fact]
    public void Information_that_flows_in_a_circle_is_found() =>
        Assert.Equal([SerialisationCheck.CircularFlow], Rules(Tx(1, 4, "y=2 x:", 1), Tx(2, 3, "x=1 y:", 2)));

    [Fact]
    public void A_lost_update_is_found() => Assert.Equal(
        [SerialisationCheck.LostUpdate], Rules(Tx(1, 2, "x:", 1), Tx(3, 6, "x=1 x:", 2), Tx(4, 5, "x=1 x:", 3)));

    [Fact]
    public void An_update_lost_by_a_condition_that_was_not_judged_is_found() => Assert.Equal(
        [SerialisationCheck.LostUpdate], Rules(Tx(1, 2, "x:", 1), Tx(3, 6, "x?1:", 2), Tx(4, 5, "x?1:", 3)));

    [Fact]
    public void Updates_one_after_the_other_are_none() => Assert.Empty(Rules(Tx(1, 2, "x:", 1), Tx(3, 6, "x?1:", 2), Tx(4, 5, "x?2:", 3)));

    [Fact]
    public void Write_skew_is_found() => Assert.Equal(
        [SerialisationCheck.WriteSkew], Rules(Tx(1, 2, "x: y:", 1), Tx(3, 6, "x=1 y=1 x:", 2), Tx(4, 5, "x=1 y=1 y:", 3)));

    [Fact]
    public void A_write_skew_that_reads_what_was_never_there_is_found() =>
        Assert.Equal([SerialisationCheck.WriteSkew], Rules(Tx(1, 4, "y=0 x:", 1), Tx(2, 3, "x=0 y:", 2)));

    [Fact]
    public void A_transaction_seen_in_part_is_found() => Assert.Equal(
        [SerialisationCheck.ReadSkew], Rules(Tx(1, 2, "x: y:", 1), Tx(3, 6, "x: y:", 2), Tx(4, 5, "x=1 y=2")));

    [Fact]
    public void Two_readers_that_see_two_writers_in_opposite_orders_are_found() => Assert.Equal(
        [SerialisationCheck.WriteSkew], Rules(Tx(1, 8, "x:", 1), Tx(2, 7, "y:", 2), Tx(3, 6, "x=1 y=0"), Tx(4, 5, "x=0 y=2")));

    [Fact]
    public void A_read_that_began_after_an_acknowledged_write_and_does_not_see_it_is_found() => Assert.Equal(
        [SerialisationCheck.StaleRead], Rules(Tx(1, 2, "x:", 1), Tx(3, 4, "x:", 2), Tx(5, 6, "x=1")));

    [Fact]
    public void A_read_that_began_before_the_write_was_acknowledged_may_not_see_it() =>
        Assert.Empty(Rules(Tx(1, 2, "x:", 1), Tx(3, 5, "x:", 2), Tx(4, 6, "x=1")));

    [Fact]
    public void A_page_that_misses_an_acknowledged_record_is_found() => Assert.Equal(
        [SerialisationCheck.StaleRead], Rules(Tx(1, 2, "k-1:", 1), Tx(3, 4, "k-2:", 2), Tx(5, 6, "k-1=1") with { Scanned = "k-" }));

    [Fact]
    public void A_page_of_an_earlier_moment_misses_nothing() =>
        Assert.Empty(Rules(Tx(1, 2, "k-1:", 1), Tx(3, 6, "k-2:", 2), Tx(4, 5, "k-1=1") with { Scanned = "k-" }));

    [Fact]
    public void A_phantom_between_two_that_scan_and_write_is_found() => Assert.Equal(
        [SerialisationCheck.WriteSkew], Rules(Tx(1, 4, "k-1:", 1) with { Scanned = "k-" }, Tx(2, 3, "k-2:", 2) with { Scanned = "k-" }));

    [Fact]
    public void A_record_that_comes_back_after_its_deletion_was_acknowledged_is_found() => Assert.Equal(
        [SerialisationCheck.StaleRead], Rules(Tx(1, 2, "x:", 1), Tx(3, 4, "x:-", 2), Tx(5, 6, "x=1")));

    [Fact]
    public void A_record_that_is_missing_without_a_deletion_is_found() =>
        Assert.Equal([SerialisationCheck.StaleRead], Rules(Tx(1, 2, "x:", 1), Tx(3, 4, "x=0")));

    [Fact]
    public void Nothing_is_read_after_a_deletion_and_before_the_next_put() => Assert.Empty(Rules(
        Tx(1, 2, "x=0"), Tx(3, 4, "x:", 1), Tx(5, 6, "x:-", 2), Tx(7, 8, "x=0"), Tx(9, 12, "x:", 3), Tx(10, 11, "x=0"), Tx(13, 14, "x=3")));

    [Fact]
    public void A_write_that_was_refused_and_is_seen_is_a_dirty_read() =>
        Assert.Equal([ValueCheck.Dirty], Rules(Of(Refused(1, 4, "conflict"), "x:x1"), Tx(2, 3, "x=1")));

    [Fact]
    public void A_write_without_an_answer_may_be_seen_or_not() => Assert.Empty(Rules(
        Of(Unknown(1), "x:x1"), Of(Unknown(2), "x:x2"), Tx(3, 4, "x=0"), Tx(5, 6, "x=2"), Tx(7, 8, "x=2")));

    [Fact]
    public void A_write_without_an_answer_that_was_seen_stays() => Assert.Equal(
        [SerialisationCheck.StaleRead], Rules(Tx(1, 2, "x:", 1), Of(Unknown(3), "x:x2"), Tx(4, 5, "x=2"), Tx(6, 7, "x=1")));

    [Fact]
    public void A_value_of_another_clients_namespace_is_a_cross_client_effect() => Assert.Equal(
        [ValueCheck.Foreign], Rules(Tx(1, 2, "x:x1", 1, new RecordSpace(Bob, "orders"), Bob), Tx(3, 4, "x=1")));

    [Fact]
    public void A_value_of_another_key_is_found() => Assert.Equal(
        [ValueCheck.Foreign], Rules(Tx(1, 2, "y:x1", 1), Tx(3, 4, "x=1")));

    [Fact]
    public void A_value_that_nobody_wrote_is_found() => Assert.Equal([ValueCheck.Unknown], Rules(Tx(1, 2, "x=1")));

    [Fact]
    public void A_value_that_is_written_later_is_found() => Assert.Contains(ValueCheck.Unknown, Rules(Tx(1, 2, "x=1"), Tx(3, 4, "x:", 1)));

    [Fact]
    public void A_value_under_a_version_that_it_did_not_get_is_found() =>
        Assert.Contains(ValueCheck.WrongVersion, Rules(Tx(1, 2, "x:x2", 1), Tx(3, 4, "x=2")));

    [Fact]
    public void A_value_that_is_said_to_be_another_clients_is_found() => Assert.Equal([ValueCheck.WrongAuthor], Rules(
        Tx(1, 2, "x:", 1), Tx(3, 4, "") with { Reads = [new("x", 1, "x1", Author: "bob")] }, Tx(5, 6, "") with { Reads = [new("x", 1, "x1", Author: "alice")] }));

    [Fact]
    public void A_version_given_twice_is_found() => Assert.Contains(ValueCheck.VersionTwice, Rules(Tx(1, 2, "x:", 1), Tx(3, 4, "y:", 1)));

    [Fact]
    public void A_version_that_falls_is_found() => Assert.Contains(ValueCheck.VersionFalls, Rules(Tx(1, 2, "x:", 2), Tx(3, 4, "y:", 1)));

    [Fact]
    public void Namespaces_have_versions_of_their_own() =>
        Assert.Empty(Rules(Tx(1, 2, "x:", 2), Tx(3, 4, "x:other", 1, new RecordSpace(Bob, "orders"), Bob)));

    [Theory]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(1, false)]
    [InlineData(4, false)]
    public void A_record_that_counts_ends_at_what_was_acknowledged_and_at_most_the_unknown_more(long final, bool isExact)
    {
        Operation[] history =
        [
            Count(Ok(1, 2), 0, 1, 1), Count(Ok(3, 4), 1, 2, 2), Count(Unknown(5), 2, 3, 0),
            new Transaction(Ok(6, 7), "test", Orders, [new("count-0", final, $"c{final}", final)], []),
        ];

        Assert.Equal(isExact ? [] : [RecordCounterCheck.Wrong], RecordCounterCheck.Of(history).Select(finding => finding.Rule));
    }

    [Fact]
    public void Two_increments_to_the_same_number_are_a_lost_one() => Assert.Equal(
        [RecordCounterCheck.Wrong],
        RecordCounterCheck.Of([Count(Ok(1, 2), 0, 1, 1), Count(Ok(3, 5), 1, 2, 2), Count(Ok(4, 6), 1, 2, 3)]).Select(finding => finding.Rule));

    [Fact]
    public void A_finding_is_shown_with_the_operations_it_needs_and_no_others()
    {
        List<Operation> history = [];
        for (var step = 1; step <= 50; step++)
        {
            history.Add(Tx(step * 10, (step * 10) + 1, "z:", step));
        }

        Operation[] cycle = [Tx(1001, 1004, "x=0 y=0 x:", 61), Tx(1002, 1003, "x=0 y=0 y:", 62)];
        history.AddRange(cycle);
        history.Add(Tx(2000, 2001, "x=61 y=62 z=50"));

        Assert.Equal(cycle, Assert.Single(IsolationChecks.Of(history)).Evidence);
    }

    private static Transaction Count(Stamp stamp, long over, long count, long version) =>
        new(stamp, "test", Orders, [], [new("count-0", $"c{count}-{stamp.Begin}", over, count)], version);

    private static IEnumerable<string> Rules(params Operation[] history) => IsolationChecks.Of(history).Select(finding => finding.Rule);
}
