using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMcp.Auditing;
using OrleansMcp.Signals;
using OrleansMcp.Storage.AzureTables.Audit;
using OrleansMcp.Storage.AzureTables.Tables;

namespace OrleansMcp.Cluster.Tests.Storage;

/// <summary>Whatever is done to the rows of a chain in a real table shows, and chains of other writers and tenants stay what they are.</summary>
public sealed class TableAuditTamperingTests(TableServer server) : IClassFixture<TableServer>
{
    private static readonly DateTimeOffset s_at = new(2026, 7, 28, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("changed", "entry 3 was changed")]
    [InlineData("time changed", "entry 3 was changed")]
    [InlineData("emptied", "this row is no entry")]
    [InlineData("changed with its hash", "entry 4 does not follow")]
    [InlineData("removed", "entry 3 is missing before entry 4")]
    [InlineData("last removed", "the end was cut off: the stored head is entry 5, the last entry is 4")]
    [InlineData("copied", "was changed")]
    [InlineData("inserted with its hash", "entry 3 was inserted or moved")]
    [InlineData("head removed", "the stored head is missing")]
    [InlineData("head changed", "is not the one of the stored head")]
    public async Task Tampering_shows(string tampering, string finding)
    {
        var tenant = tampering.Replace(' ', '-');
        await WriteAsync(tenant, 5);
        await WriteAsync(tenant + "-beside", 5);
        var writer = Assert.Single(await VerifyAsync(tenant)).Key;
        await WriteAsync(tenant, 3); // Another process.
        Assert.Equal(2, (await VerifyAsync(tenant)).Count);
        Assert.All((await VerifyAsync(tenant)).Values, check => Assert.Empty(check.Findings));

        await TamperAsync(tenant, writer, tampering);
        var checks = await VerifyAsync(tenant);
        Assert.Contains(checks[writer].Findings, found => found.Problem.Contains(finding, StringComparison.Ordinal));
        Assert.All(checks.Where(check => check.Key != writer), check => Assert.Empty(check.Value.Findings));
        Assert.Empty(Assert.Single(await VerifyAsync(tenant + "-beside")).Value.Findings);
    }

    [Fact]
    public async Task A_chain_that_is_gone_with_its_head_is_missed_by_who_noted_the_head()
    {
        await WriteAsync("gone", 3);
        var (writer, check) = Assert.Single(await VerifyAsync("gone"));
        var noted = new Dictionary<string, AuditHead> { [writer] = check.Head };
        Assert.Empty((await VerifyAsync("gone", noted))[writer].Findings);
        foreach (var row in await server.RowsAsync(TableNames.Audit, "gone"))
        {
            await Table.DeleteEntityAsync(row);
        }

        Assert.Empty(await VerifyAsync("gone"));
        Assert.Contains("the end was cut off", Assert.Single((await VerifyAsync("gone", noted))[writer].Findings).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_of_a_former_version_are_left_alone()
    {
        await WriteAsync("former", 2);
        await Table.AddEntityAsync(new TableEntity("former", $"{s_at.UtcTicks:d19}-01234567-00000001") { ["At"] = s_at, ["Event"] = "session_ended" });
        var check = Assert.Single(await VerifyAsync("former")).Value;
        Assert.Empty(check.Findings);
        Assert.Equal(2, check.Entries);
    }

    private TableClient Table => server.Tables.GetTableClient(TableNames.Audit);

    private async Task TamperAsync(string tenant, string writer, string tampering)
    {
        var rows = (await server.RowsAsync(TableNames.Audit, tenant)).Where(row => AuditRow.WriterOf(row) == writer).ToList();
        var head = Assert.Single(rows, AuditRow.IsHead);
        var row = rows.Single(row => !AuditRow.IsHead(row) && AuditRow.Sequence(row) == 3);
        switch (tampering)
        {
            case "changed":
                row["What"] = "something else";
                break;
            case "time changed":
                row["At"] = s_at.AddSeconds(1);
                break;
            case "emptied":
                row = new TableEntity(row.PartitionKey, row.RowKey) { ["Writer"] = writer, ["Sequence"] = 3L };
                break;
            case "changed with its hash":
                row = Forge(tenant, writer, rows, "something else");
                break;
            case "removed":
                await Table.DeleteEntityAsync(row);
                return;
            case "last removed":
                await Table.DeleteEntityAsync(rows.Single(row => !AuditRow.IsHead(row) && AuditRow.Sequence(row) == 5));
                return;
            case "copied":
                row.RowKey += "-copy";
                break;
            case "inserted with its hash":
                row = Forge(tenant, writer, rows, "something else", s_at.AddSeconds(1));
                break;
            case "head removed":
                await Table.DeleteEntityAsync(head);
                return;
            case "head changed":
                head["Hash"] = new string('0', AuditHead.HashLength);
                row = head;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(tampering));
        }

        await Table.UpsertEntityAsync(row, TableUpdateMode.Replace);
    }

    /// <summary>A third entry as the writer would have written it: whoever can compute a hash can make one.</summary>
    private static TableEntity Forge(string tenant, string writer, IEnumerable<TableEntity> rows, string what, DateTimeOffset? at = null)
    {
        var head = AuditRow.HeadOf(rows.Single(row => !AuditRow.IsHead(row) && AuditRow.Sequence(row) == 2))!.Value;
        return AuditRow.Of(tenant, writer, ref head, [Entry(tenant, 3, at) with { What = what }])[0];
    }

    private async Task WriteAsync(string tenant, int count)
    {
        await using var audit = new TableAudit(server.Tables, TimeProvider.System, NullLogger<TableAudit>.Instance);
        for (var i = 1; i <= count; i++)
        {
            audit.Append(Entry(tenant, i));
        }
    }

    private static AuditEntry Entry(string tenant, int number, DateTimeOffset? at = null) =>
        new(at ?? s_at, "session_ended", null, null, null, "s-1", tenant, "alice", $"{number}");

    private async Task<IReadOnlyDictionary<string, AuditChainCheck>> VerifyAsync(string tenant, IReadOnlyDictionary<string, AuditHead>? expected = null) =>
        (await new TableAuditReader(server.Tables).VerifyAsync(
            tenant, (expected ?? new Dictionary<string, AuditHead>()).ToLookup(head => head.Key, head => head.Value), CancellationToken.None)).Chains;
}
