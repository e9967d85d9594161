using Azure.Data.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using OrleansMcp.Auditing;
using OrleansMcp.Cluster.Tests.Processes;
using OrleansMcp.Server.Commands;
using OrleansMcp.Signals;
using OrleansMcp.Storage.AzureTables.Audit;
using OrleansMcp.Storage.AzureTables.Tables;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Cluster.Tests.Storage;

/// <summary><c>audit verify</c> of a cluster's tables: what it prints, and what it returns.</summary>
public sealed class TableAuditCommandTests(TableServer server) : IClassFixture<TableServer>, IAsyncLifetime
{
    private static readonly DateTimeOffset s_noon = new(2026, 7, 28, 12, 0, 0, TimeSpan.Zero);

    /// <summary>Each test begins without an audit.</summary>
    public async ValueTask InitializeAsync() => await server.Tables.DeleteTableAsync(TableNames.Audit);

    public ValueTask DisposeAsync() => default;

    [Fact]
    public async Task Each_writers_chain_is_a_line_with_its_head_and_intact_is_0()
    {
        await WriteAsync("acme", 3);
        await WriteAsync("acme", 1);
        await WriteAsync("globex", 2);
        await WriteAsync(AuditFiling.Operator, 1);
        await Table.AddEntityAsync(new TableEntity("globex", $"{s_noon.UtcTicks:d19}-01234567-00000001") { ["At"] = s_noon, ["Event"] = "session_ended" });
        var before = await StoredAsync();
        var (code, output, _) = await RunAsync();
        Assert.True(code == 0, output);
        var lines = output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [.. (await LinesAsync("_")).Concat(await LinesAsync("acme")).Concat(await LinesAsync("globex")), "Not chained, written by a former version: 1 entries", "The audit is intact."], lines);
        Assert.StartsWith("acme/", lines[1], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.StartsWith("acme/", StringComparison.Ordinal)
            && line.Contains(": 3 entries, 2026-07-28T12:00:00Z to 2026-07-28T12:00:00Z, head 3:", StringComparison.Ordinal));
        Assert.Equal(before, await StoredAsync());
    }

    [Fact]
    public async Task Findings_are_lines_with_their_row_and_1()
    {
        await WriteAsync("acme", 3);
        await WriteAsync("globex", 2);
        var row = (await server.RowsAsync(TableNames.Audit, "acme")).Single(row => !AuditRow.IsHead(row) && AuditRow.Sequence(row) == 2);
        await Table.DeleteEntityAsync(row);
        var (code, output, _) = await RunAsync();
        Assert.Equal(1, code);
        Assert.Contains($", 1 findings{Environment.NewLine}  {s_noon.UtcTicks:d19}-{AuditRow.WriterOf(row)}-00000003: entry 2 is missing before entry 3.", output, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync("--tenant", "acme")).Code);
        Assert.DoesNotContain("globex", (await RunAsync("--tenant", "acme")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("--tenant=globex")).Code);
    }

    [Fact]
    public async Task A_head_noted_earlier_must_be_there()
    {
        await WriteAsync("acme", 3);
        var (writer, check) = Assert.Single((await VerifyAsync("acme")).Chains);
        var head = check.Head;
        await WriteAsync("acme", 3);
        await WriteAsync("globex", 1);
        Assert.Equal(0, (await RunAsync("--expect", $"acme/{writer}:{head}")).Code);
        Assert.Equal(1, (await RunAsync("--expect", $"acme/{writer}:{head}", "--expect", $"acme/{writer}:2:{head.Hash}")).Code);
        Assert.Equal(1, (await RunAsync($"--expect=acme/{writer}:99:{head.Hash}")).Code);
        Assert.Equal(1, (await RunAsync("--expect", $"acme/gone:{head}")).Code);
        Assert.Equal(1, (await RunAsync("--expect", $"gone/{writer}:{head}", "--tenant", "gone")).Code);
        Assert.Equal(0, (await RunAsync("--expect", $"gone/{writer}:{head}", "--tenant", "globex")).Code);
    }

    [Theory]
    [InlineData("--expect", "acme:3:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("--expect", "acme/w:3:00")]
    [InlineData("--expect", "acme/:3:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("--expect", "../acme/w:3:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("--expect")]
    [InlineData("--tenant")]
    [InlineData("--tenant", "acme", "--tenant", "acme")]
    [InlineData("--tenants", "acme")]
    [InlineData("--colour", "red")]
    [InlineData("acme")]
    public async Task What_makes_no_sense_is_wrong_usage(params string[] arguments)
    {
        await WriteAsync("acme", 1);
        Assert.Equal(2, (await RunAsync(arguments)).Code);
    }

    [Fact]
    public async Task Nothing_to_verify_is_2()
    {
        Assert.Equal(2, (await RunAsync()).Code);
        await WriteAsync("acme", 1);
        var (code, _, error) = await RunAsync("--tenant", "globex");
        Assert.Equal(2, code);
        Assert.Contains("'globex'", error, StringComparison.Ordinal);
        Assert.Equal(2, await CommandLine.RunAsync(["audit", "verify", "--store", "tables"], TextWriter.Null, TextWriter.Null));
    }

    [Fact]
    public async Task Tables_that_refuse_are_2_and_their_key_is_not_repeated()
    {
        using var error = new StringWriter();
        var wrong = server.ConnectionString.Replace("AccountKey=Eby8", "AccountKey=AAAA", StringComparison.Ordinal);
        Assert.Equal(2, await CommandLine.RunAsync(["audit", "verify", "--store", "tables", "--tables", wrong], TextWriter.Null, error));
        Assert.Contains("403", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("AAAA", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_is_told_the_tables_as_a_silo_is_and_starts_none()
    {
        await WriteAsync("acme", 2);
        await using var verifying = ClusterNode.Run("audit", "verify", "--store", "tables", "--tables", server.ConnectionString);
        Assert.Equal(0, await verifying.ExitAsync());
        Assert.Equal([.. await LinesAsync("acme"), "The audit is intact."], verifying.Output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    private TableClient Table => server.Tables.GetTableClient(TableNames.Audit);

    private async Task WriteAsync(string tenant, int count)
    {
        await using var audit = new TableAudit(server.Tables, TimeProvider.System, NullLogger<TableAudit>.Instance);
        var owner = tenant == AuditFiling.Operator ? null : tenant;
        for (var i = 1; i <= count; i++)
        {
            audit.Append(new AuditEntry(s_noon, "session_ended", null, null, null, "s-1", owner, "alice", $"{i}"));
        }
    }

    private async Task<IEnumerable<string>> LinesAsync(string tenant) => (await VerifyAsync(tenant)).Chains.Select(chain =>
        $"{tenant}/{chain.Key}: {chain.Value.Entries} entries, 2026-07-28T12:00:00Z to 2026-07-28T12:00:00Z, head {chain.Value.Head}");

    private Task<TenantAudit> VerifyAsync(string tenant) =>
        new TableAuditReader(server.Tables).VerifyAsync(tenant, Array.Empty<AuditHead>().ToLookup(_ => ""), CancellationToken.None);

    private async Task<IEnumerable<string>> StoredAsync() =>
        (await server.RowsAsync(TableNames.Audit)).Select(row => $"{row.PartitionKey} {row.RowKey} {row.ETag}");

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var code = await CommandLine.RunAsync(["audit", "verify", "--store", "tables", "--tables", server.ConnectionString, .. arguments], output, error)
            .InTime("the audit was verified");
        Assert.Equal(code == 2, error.ToString().Length > 0);
        return (code, output.ToString(), error.ToString());
    }
}
