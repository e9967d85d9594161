using OrleansMcp.Auditing;
using OrleansMcp.Storage.Sqlite;
using OrleansMcp.Storage.Sqlite.Audit;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>Whatever is done to the rows of a chain shows, also to a command that reads beside the server.</summary>
public sealed class AuditTamperingTests : IDisposable
{
    private readonly SqliteStore _store = new();

    public void Dispose() => _store.Dispose();

    [Theory]
    [InlineData("UPDATE audit SET line = CAST(replace(CAST(line AS TEXT), '\"what\":\"3\"', '\"what\":\"4\"') AS BLOB) WHERE sequence = 3", "entry 3 was changed")]
    [InlineData("DELETE FROM audit WHERE sequence = 3", "entry 3 is missing before entry 4")]
    [InlineData("DELETE FROM audit WHERE sequence IN (2, 3)", "entries 2 to 3 are missing before entry 4")]
    [InlineData("INSERT INTO audit SELECT chain, 9, line, sum FROM audit WHERE sequence = 3", "entry 3 was inserted or moved")]
    [InlineData("UPDATE audit SET sequence = 9 WHERE sequence = 3", "entry 3 was inserted or moved")]
    [InlineData("UPDATE audit SET sum = x'00' WHERE sequence = 3", "its checksum changed")]
    [InlineData("DELETE FROM audit WHERE sequence = 5", "the end was cut off: the stored head is entry 5, the last entry is 4")]
    [InlineData("DELETE FROM audit_heads", "the stored head is missing")]
    [InlineData("UPDATE audit SET line = x'7b7d' WHERE sequence = 3", "this row is no entry")]
    [InlineData("UPDATE audit SET chain = 'globex' WHERE sequence = 3", "belongs to another chain", "globex")]
    public async Task Tampering_shows(string tampering, string finding, string tenant = "acme")
    {
        await WriteAsync(5);
        Assert.Empty((await VerifyAsync("acme")).Findings);
        await _store.ChangeAsync(tampering);
        Assert.Contains((await VerifyAsync(tenant)).Findings, found => found.Problem.Contains(finding, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_reads_long_chains_beside_a_server_that_writes()
    {
        await WriteAsync(2500); // more than two pages
        using var command = SqliteDataFolder.Open(_store.Folder);
        var writing = WriteAsync(500);
        var check = (await command.Audit.VerifyAsync("acme", None(), default)).Chains[SqliteAuditReader.Writer];
        Assert.Empty(check.Findings);
        Assert.InRange(check.Entries, 2500, 3000);
        await writing;
        var exported = 0;
        await foreach (var line in command.Audit.ExportAsync("acme", default))
        {
            Assert.True(AuditLine.TryRead(line.Span, out var entry));
            Assert.Equal(++exported, entry.Head.Sequence);
        }

        Assert.Equal(3000, exported);
    }

    private static ILookup<string, AuditHead> None() => Array.Empty<int>().ToLookup(_ => "", _ => AuditHead.None);

    private async Task<AuditChainCheck> VerifyAsync(string tenant) => (await _store.AuditReader.VerifyAsync(tenant, None(), default)).Chains[SqliteAuditReader.Writer];

    private async Task WriteAsync(int entries)
    {
        var audit = _store.OpenAudit();
        for (var number = 1; number <= entries; number++)
        {
            audit.Append(StoreContent.Entry($"{number}"));
        }

        await ((IAsyncDisposable)audit).DisposeAsync();
    }
}
