using OrleansMcp.Auditing;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Commands;

/// <summary><c>audit verify</c> and <c>audit export</c> on a data folder: what they print, and what they return.</summary>
public sealed class AuditCommandTests(AuditCommandTests.AuditedServer audited) : IClassFixture<AuditCommandTests.AuditedServer>
{
    private readonly TestServer _server = audited.Server;

    [Fact]
    public async Task Each_chain_of_a_running_server_is_a_line_with_its_head_and_intact_is_0()
    {
        var (code, output, _) = await RunAsync("verify");
        Assert.True(code == 0, output);
        var lines = output.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((3, "The audit is intact."), (lines.Length, lines[^1]));
        Assert.StartsWith("acme: 3 entries, ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("globex: 1 entries, ", lines[1], StringComparison.Ordinal);
        Assert.All(lines[..^1], line => Assert.True(AuditHead.TryParse(line[(line.IndexOf(", head ", StringComparison.Ordinal) + 7)..], out _), line));
    }

    [Fact]
    public async Task Findings_are_lines_with_their_place_and_1()
    {
        await using var server = await AuditedServer.StartAsync();
        await server.StopAsync();
        Assert.Equal(1, StoredRows.Change(server.DataFolder, "DELETE FROM audit WHERE chain = 'acme' AND sequence = 2"));
        var (code, output, _) = await RunOnAsync(server, "verify");
        Assert.Equal(1, code);
        Assert.Contains("  acme:3: entry 2 is missing before entry 3.", output, StringComparison.Ordinal);
        Assert.Contains(", 1 findings", output, StringComparison.Ordinal);
        Assert.EndsWith($"The audit is NOT intact: 1 findings.{Environment.NewLine}", output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunOnAsync(server, "verify", "--tenant", "globex")).Code);
        Assert.Equal(1, (await RunOnAsync(server, "verify", "--tenant", "acme")).Code);
        Assert.DoesNotContain("globex", (await RunOnAsync(server, "verify", "--tenant", "acme")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_head_noted_earlier_must_be_there()
    {
        await using var server = await AuditedServer.StartAsync();
        var first = (await RunOnAsync(server, "verify", "--tenant", "acme")).Output.Split(Environment.NewLine)[0];
        Assert.True(AuditHead.TryParse(first[(first.IndexOf(", head ", StringComparison.Ordinal) + 7)..], out var head));
        using (var client = await server.Client().OpenAsync())
        {
            await client.DeleteAsync();
        }

        await Eventually.Holds(() => AuditedServer.Count(server, "\"event\":\"session_ended\"") == 5, "the end was audited");
        Assert.Equal(0, (await RunOnAsync(server, "verify", "--expect", $"acme:{head}")).Code);
        Assert.Equal(1, (await RunOnAsync(server, "verify", "--expect", $"acme:2:{head.Hash}")).Code);
        Assert.Equal(1, (await RunOnAsync(server, "verify", "--expect", $"acme:{head}", "--expect", $"acme:99:{head.Hash}")).Code);
        Assert.Equal(1, (await RunOnAsync(server, "verify", "--expect", $"gone:{head}")).Code);
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("acme:3")]
    [InlineData("acme:x:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("acme:3:00")]
    [InlineData("../acme:3:0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("acme/writer:3:0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task What_is_no_head_is_wrong_usage(string expected)
    {
        var (code, _, error) = await RunAsync("verify", "--expect", expected);
        Assert.Equal(2, code);
        Assert.Contains($"'{expected}' is not TENANT:SEQUENCE:HASH", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_to_verify_is_2()
    {
        Assert.Equal(2, (await RunAsync("verify", "--tenant", "initech")).Code);
        var (code, _, error) = await Run.AsCommandAsync("audit", "verify", "--data", _server.DataFolder + ".missing");
        Assert.Equal(2, code);
        Assert.Contains("There is no database", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_server.DataFolder + ".missing"));
    }

    [Fact]
    public async Task An_export_is_every_line_as_it_is_stored()
    {
        var (code, output, _) = await RunAsync("export");
        Assert.Equal(0, code);
        Assert.Equal(_server.ReadAudit(), output.ReplaceLineEndings("\n"));
        var (_, one, _) = await RunAsync("export", "--tenant", "globex");
        var line = Assert.Single(one.Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal("globex", (string?)System.Text.Json.Nodes.JsonNode.Parse(line)!["chain"]);
        Assert.Equal(2, (await RunAsync("export", "--tenant", "initech")).Code);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(string verb, params string[] more) => RunOnAsync(_server, verb, more);

    private static Task<(int Code, string Output, string Error)> RunOnAsync(TestServer server, string verb, params string[] more) =>
        Run.AsCommandAsync(["audit", verb, "--data", server.DataFolder, .. more]);

    /// <summary>A server with four ends of sessions in two chains, for all tests of the class that only read them.</summary>
    public sealed class AuditedServer : IAsyncLifetime
    {
        public TestServer Server { get; private set; } = null!;

        public static async Task<TestServer> StartAsync()
        {
            var server = await TestServer.StartAsync();
            foreach (var (key, sessions) in new[] { (TestConfiguration.Alice, 3), (TestConfiguration.Carol, 1) })
            {
                for (var session = 0; session < sessions; session++)
                {
                    using var client = await server.Client(key).OpenAsync();
                    await client.DeleteAsync();
                }
            }

            await Eventually.Holds(() => Count(server, "\"event\":\"session_ended\"") == 4, "the ends were audited");
            return server;
        }

        public static int Count(TestServer server, string words) =>
            server.ReadAudit().Split('\n').Count(line => line.Contains(words, StringComparison.Ordinal));

        public async ValueTask InitializeAsync() => Server = await StartAsync();

        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }
}
