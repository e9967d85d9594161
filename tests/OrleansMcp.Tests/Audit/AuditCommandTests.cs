using OrleansMcp.Server;
using OrleansMcp.Server.Commands;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Audit;

/// <summary><c>audit verify</c>: what it prints, and what it returns.</summary>
public sealed class AuditCommandTests
{
    [Fact]
    public async Task Each_chain_is_a_line_with_its_head_and_intact_is_0()
    {
        using var house = new AuditHouse();
        await house.LiveAsync([.. AuditHouse.Entries("acme", 3), AuditHouse.Entry("globex", 1, AuditHouse.Noon.AddDays(1))]);
        await File.WriteAllTextAsync(Path.Combine(house.Audit, "2025-01-01.jsonl"), "{}\n");
        var (code, output, _) = Run(house.Data);
        Assert.Equal(0, code);
        Assert.Equal(
            [
                $"acme: 3 entries, 2026-07-28T12:00:00Z to 2026-07-28T12:00:00Z, head {house.Verify("acme").Head}",
                $"globex: 1 entries, 2026-07-29T12:00:00Z to 2026-07-29T12:00:00Z, head {house.Verify("globex").Head}",
                "Not chained, written by a former version: 2025-01-01.jsonl",
            ],
            output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("{}\n", await File.ReadAllTextAsync(Path.Combine(house.Audit, "2025-01-01.jsonl")));
    }

    [Fact]
    public async Task Findings_are_lines_with_file_and_line_and_1()
    {
        using var house = new AuditHouse();
        await house.LiveAsync([.. AuditHouse.Entries("acme", 3), .. AuditHouse.Entries("globex", 1)]);
        var lines = house.Lines("acme");
        lines.RemoveAt(1);
        house.Rewrite("acme", lines);
        var (code, output, _) = Run(house.Data);
        Assert.Equal(1, code);
        Assert.Contains($"  {Path.Combine("acme", "2026-07-28.jsonl")}:2: entry 2 is missing before entry 3.", output, StringComparison.Ordinal);
        Assert.Contains(", 1 findings", output, StringComparison.Ordinal);
        Assert.Equal(0, Run(house.Data, "globex").Code);
        Assert.Equal(1, Run(house.Data, "acme").Code);
        Assert.DoesNotContain("globex", Run(house.Data, "acme").Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_noted_earlier_must_be_there()
    {
        using var house = new AuditHouse();
        await house.LiveAsync(AuditHouse.Entries("acme", 3));
        var head = house.Verify("acme").Head;
        await house.LiveAsync(AuditHouse.Entries("acme", 3, 4));
        Assert.Equal(0, Run(house.Data, null, $"acme:{head}").Code);
        Assert.Equal(1, Run(house.Data, null, $"acme:2:{head.Hash}").Code);
        Assert.Equal(1, Run(house.Data, null, $"acme:99:{head.Hash}").Code);
        Assert.Equal(1, Run(house.Data, null, $"gone:{head}").Code);
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("acme:3")]
    [InlineData("acme:x:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("acme:3:00")]
    [InlineData("../acme:3:0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task What_is_no_head_is_wrong_usage(string expected)
    {
        using var house = new AuditHouse();
        await house.LiveAsync(AuditHouse.Entries("acme", 3));
        Assert.Equal(2, Run(house.Data, null, expected).Code);
    }

    [Fact]
    public async Task Nothing_to_verify_is_2()
    {
        using var house = new AuditHouse();
        Assert.Equal(2, Run(house.Data).Code);
        await house.LiveAsync(AuditHouse.Entries("acme", 1));
        Assert.Equal(2, Run(house.Data, "globex").Code);
        Assert.Equal(2, await Program.Main(["audit", "verify", "--data", house.Data + ".missing"]));
        Assert.Equal(0, await Program.Main(["audit", "verify", "--data", house.Data]));
    }

    [Fact]
    public async Task A_running_servers_audit_can_be_verified()
    {
        await using var server = await TestServer.StartAsync();
        using var client = await server.Client().OpenAsync();
        using var stranger = client.As(TestConfiguration.Carol);
        await stranger.CallAsync("increment");
        await client.DeleteAsync();
        await Eventually.Holds(() => server.ReadAudit().Contains("session_ended", StringComparison.Ordinal), "the end was audited");
        var (code, output, _) = Run(server.DataFolder);
        Assert.True(code == 0, output);
        Assert.Contains("acme: ", output, StringComparison.Ordinal);
    }

    private static (int Code, string Output, string Error) Run(string data, string? tenant = null, params string[] expected)
    {
        using StringWriter output = new(), error = new();
        var code = AuditCommand.Verify(data, tenant, expected, output, error);
        Assert.Equal(code == 2, error.ToString().Length > 0);
        return (code, output.ToString(), error.ToString());
    }
}
