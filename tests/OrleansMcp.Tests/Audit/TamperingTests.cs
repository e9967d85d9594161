using OrleansMcp.Signals.Chains;

namespace OrleansMcp.Tests.Audit;

/// <summary>Whatever is done to the entries of a chain shows, and shows where.</summary>
public sealed class TamperingTests
{
    private static readonly Dictionary<string, Action<AuditHouse, List<string>>> s_tampering = new(StringComparer.Ordinal)
    {
        ["a word changed"] = (_, lines) => lines[2] = lines[2].Replace("number 3", "number 8", StringComparison.Ordinal),
        ["changed, and its hash made to fit"] = (_, lines) => lines[2] = AuditHouse.Forge("acme", HeadOf(lines[1]), AuditHouse.Entry("acme", 8)),
        ["removed from the middle"] = (_, lines) => lines.RemoveAt(2),
        ["two removed"] = (_, lines) => lines.RemoveRange(1, 2),
        ["removed from the front"] = (_, lines) => lines.RemoveAt(0),
        ["removed from the end"] = (_, lines) => lines.RemoveAt(lines.Count - 1),
        ["all removed"] = (_, lines) => lines.Clear(),
        ["the last line cut in half"] = (_, lines) => lines[^1] = lines[^1][..40],
        ["doubled"] = (_, lines) => lines.Insert(2, lines[1]),
        ["inserted, with a hash that fits"] = (_, lines) => lines.Insert(2, AuditHouse.Forge("acme", HeadOf(lines[1]), AuditHouse.Entry("acme", 8))),
        ["exchanged"] = (_, lines) => (lines[1], lines[2]) = (lines[2], lines[1]),
        ["not even JSON"] = (_, lines) => lines.Insert(2, "{}"),
        ["an entry of another tenant"] = (_, lines) => lines[2] = AuditHouse.Forge("globex", HeadOf(lines[1]), AuditHouse.Entry("globex", 3)),
        ["written anew from the start"] = (_, lines) =>
        {
            var head = AuditHead.None;
            for (var i = 0; i < lines.Count; i++)
            {
                lines[i] = AuditHouse.Forge("acme", head, AuditHouse.Entry("acme", 100 + i));
                head = HeadOf(lines[i]);
            }
        },
        ["the head taken away"] = (house, _) => File.Delete(house.HeadOf("acme")),
        ["the head made unreadable"] = (house, _) => File.WriteAllText(house.HeadOf("acme"), "5:abc"),
    };

    public static TheoryData<string, string> Findings { get; } = new()
    {
        { "a word changed", "2026-07-28.jsonl:3: entry 3 was changed" },
        { "changed, and its hash made to fit", "2026-07-28.jsonl:4: entry 4 does not follow" },
        { "removed from the middle", "2026-07-28.jsonl:3: entry 3 is missing before entry 4" },
        { "two removed", "2026-07-28.jsonl:2: entries 2 to 3 are missing before entry 4" },
        { "removed from the front", "2026-07-28.jsonl:1: entry 1 is missing before entry 2" },
        { "removed from the end", "head: the end was cut off: the stored head is entry 5, the last entry is 4" },
        { "all removed", "head: the end was cut off: the stored head is entry 5, the last entry is 0" },
        { "the last line cut in half", "2026-07-28.jsonl:5: this line is no entry" },
        { "doubled", "2026-07-28.jsonl:3: entry 2 was inserted or moved" },
        { "inserted, with a hash that fits", "2026-07-28.jsonl:4: entry 3 was inserted or moved" },
        { "exchanged", "2026-07-28.jsonl:3: entry 2 was inserted or moved" },
        { "not even JSON", "2026-07-28.jsonl:3: this line is no entry" },
        { "an entry of another tenant", "2026-07-28.jsonl:3: entry 3 belongs to another chain" },
        { "written anew from the start", "head: entry 5 is not the one of the stored head" },
        { "the head taken away", "head: the stored head is missing" },
        { "the head made unreadable", "head: the stored head is missing" },
    };

    [Theory]
    [MemberData(nameof(Findings))]
    public async Task Tampering_shows_where_it_was_done(string tampering, string finding)
    {
        using var house = new AuditHouse();
        await house.LiveAsync([.. AuditHouse.Entries("acme", 5), .. AuditHouse.Entries("globex", 2)]);
        Assert.Empty(house.Verify("acme").Findings);

        Tamper(house, tampering);
        Assert.Contains(house.Verify("acme").Findings, found => Shown(found).Contains(finding, StringComparison.Ordinal));
        Assert.Empty(house.Verify("globex").Findings);
    }

    [Theory]
    [MemberData(nameof(Findings))]
    public async Task Tampering_goes_on_showing_after_the_server_went_on(string tampering, string finding)
    {
        Assert.NotEmpty(finding);
        using var house = new AuditHouse();
        await house.LiveAsync(AuditHouse.Entries("acme", 5));
        Tamper(house, tampering);
        await house.LiveAsync(AuditHouse.Entries("acme", 20, 6));
        var check = house.Verify("acme");
        Assert.True(
            check.Findings.Count > 0 || house.Lines("acme").Any(line => line.Contains("\"audit_damaged\"", StringComparison.Ordinal)),
            "A restart made the damage disappear.");
        Assert.Contains(house.Lines("acme"), line => line.Contains("number 25", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_chain_that_was_forged_as_a_whole_with_its_head_is_told_by_a_head_noted_elsewhere()
    {
        using var house = new AuditHouse();
        await house.LiveAsync(AuditHouse.Entries("acme", 3));
        var noted = house.Verify("acme").Head;
        await house.LiveAsync(AuditHouse.Entries("acme", 2, 4));
        Assert.Empty(house.Verify("acme", noted).Findings);

        Tamper(house, "written anew from the start");
        File.WriteAllText(house.HeadOf("acme"), HeadOf(house.Lines("acme")[^1]) + "\n");
        Assert.Empty(house.Verify("acme").Findings);
        Assert.Contains("entry 3 is not the one of the head that was expected", Shown(Assert.Single(house.Verify("acme", noted).Findings)), StringComparison.Ordinal);

        Directory.Delete(Path.GetDirectoryName(house.HeadOf("acme"))!, recursive: true);
        Assert.Contains("the end was cut off", Shown(Assert.Single(house.Verify("acme", noted).Findings)), StringComparison.Ordinal);
    }

    private static void Tamper(AuditHouse house, string tampering)
    {
        var lines = house.Lines("acme");
        s_tampering[tampering](house, lines);
        house.Rewrite("acme", lines);
    }

    private static AuditHead HeadOf(string line) =>
        AuditLine.TryRead(System.Text.Encoding.UTF8.GetBytes(line), out var read) ? read.Head : throw new FormatException(line);

    private static string Shown(AuditFinding finding) => $"{finding.Place}: {finding.Problem}";
}
