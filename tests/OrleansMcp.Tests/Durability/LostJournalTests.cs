using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Durability;

/// <summary>A journal that is lost behind a killed server, as it would look to an operator.</summary>
public sealed class LostJournalTests
{
    [Fact]
    public async Task A_server_that_lost_its_journal_does_not_start_with_a_grant_that_was_taken_back()
    {
        using var folder = new ScratchFolder();
        await using var server = new ServerProcess(folder.Path);
        await server.StartAsync();
        using (var alice = await PatientClient.OpenAsync(server.Url))
        {
            await alice.CallAsync("records_put", new { @namespace = "orders", key = "k", value = 1 });
            await alice.CallAsync("records_share", new { @namespace = "orders", client = "bob", access = "read" });
            await server.TerminateAsync(); // The grant is in the file, its end will be in the journal.
            await server.StartAsync();
            Assert.False((await alice.CallAsync("records_share", new { @namespace = "orders", client = "bob", access = "none" })).ToolFailed);
        }

        await server.KillAsync();
        File.Delete(Path.Combine(folder.Path, "orleansmcp.db-wal"));
        await Assert.ThrowsAnyAsync<Xunit.Sdk.XunitException>(() => server.StartAsync());
        const string Told = "its last commits are missing, because the journal 'orleansmcp.db-wal' was lost or torn";
        await Eventually.Holds(() => server.Output.Contains(Told, StringComparison.Ordinal), "the server said why it does not start");
        Assert.Contains("restore FILE", server.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", server.Output, StringComparison.Ordinal);
    }
}
