using Azure.Data.Tables;
using OrleansMcp.Sessions;
using OrleansMcp.Storage;
using OrleansMcp.Storage.AzureTables.Sessions;
using OrleansMcp.Storage.AzureTables.Tables;
using OrleansMcp.Tenants;

namespace OrleansMcp.Cluster.Tests.Storage;

/// <summary>The open sessions of tenants in a real table, beyond what every store does.</summary>
public sealed class TableSessionRegistryTests(TableServer server) : IClassFixture<TableServer>
{
    private static readonly DateTimeOffset s_due = new(2026, 7, 28, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("acme", "acme2")]
    [InlineData("acme", "acm")]
    [InlineData("acme", "acme-")]
    [InlineData("acme", "Acme")]
    [InlineData("a/b", "a!002fb")]
    [InlineData("a/b", "a\\b")]
    [InlineData("acme", "acme' or PartitionKey ne '")]
    public async Task Tenants_whose_names_are_alike_never_see_each_other(string one, string other)
    {
        var registry = new TableSessionRegistry(server.Tables);
        var (mine, theirs) = (Session("alice", 1), Session("mallory", 1));
        await registry.AddAsync(one, mine, default);
        await registry.AddAsync(other, theirs, default);
        Assert.Equal([mine], await LoadAsync(registry, one));
        Assert.Equal([theirs], await LoadAsync(registry, other));
        await registry.RemoveAsync(other, theirs.Key, default);
        Assert.Equal([mine], await LoadAsync(registry, one));
        Assert.Empty(await registry.LoadAsync(other, default));
        await registry.RemoveAsync(one, mine.Key, default);
    }

    [Theory]
    [InlineData("with/slash")]
    [InlineData("with\\backslash")]
    [InlineData("with#hash")]
    [InlineData("with?question")]
    [InlineData("with\ttab")]
    [InlineData("with\u0085control")]
    [InlineData("with%25percent")]
    [InlineData("with'quote")]
    [InlineData("with!mark")]
    [InlineData("größe")]
    public async Task Names_that_a_table_refuses_as_keys_are_kept_all_the_same(string name)
    {
        var registry = new TableSessionRegistry(server.Tables);
        var session = new RegisteredSession(name, new SessionKey(name), s_due);
        await registry.AddAsync(name, session, default);
        Assert.Equal([session], await LoadAsync(registry, name));
        await registry.RemoveAsync(name, session.Key, default);
        Assert.Empty(await registry.LoadAsync(name, default));
    }

    [Theory]
    [InlineData(Fault.Busy)]
    [InlineData(Fault.Silent)]
    [InlineData(Fault.NoCredential)]
    public async Task A_registry_that_began_without_its_table_works_when_the_table_is_there(Fault fault)
    {
        var line = new TableLine();
        var registry = new TableSessionRegistry(server.Through(line));
        line.Cut(fault);
        await Assert.ThrowsAsync<IOException>(() => registry.AddAsync("late" + fault, Session("alice", 1), default));
        await Assert.ThrowsAsync<IOException>(() => registry.RemoveAsync("late" + fault, Key(1), default));
        await Assert.ThrowsAsync<IOException>(() => registry.LoadAsync("late" + fault, default));
        Assert.True(line.Failed > 0);
        line.Mend();
        await registry.AddAsync("late" + fault, Session("alice", 2), default);
        Assert.Equal([Session("alice", 2)], await LoadAsync(registry, "late" + fault));
    }

    [Theory]
    [InlineData("Client", null)]
    [InlineData("Client", 7)]
    [InlineData("DueAt", "soon")]
    [InlineData("StateBytes", "many")]
    public async Task An_entry_that_is_none_is_damage_and_not_a_place_that_is_free(string column, object? value)
    {
        var registry = new TableSessionRegistry(server.Tables);
        var tenant = $"damaged{column}{value}";
        await registry.AddAsync(tenant, Session("alice", 1), default);
        var row = new TableEntity(TableKey.Of(tenant), TableKey.Of(Key(1).Value)) { ["Client"] = "alice", ["DueAt"] = s_due, ["StateBytes"] = 0L, [column] = value };
        await server.Tables.GetTableClient(TableNames.Registry).UpdateEntityAsync(row, Azure.ETag.All, TableUpdateMode.Replace);
        await Assert.ThrowsAsync<StoreDamagedException>(() => registry.LoadAsync(tenant, default));
    }

    private static async Task<IReadOnlyList<RegisteredSession>> LoadAsync(TableSessionRegistry registry, string tenant) =>
        [.. (await registry.LoadAsync(tenant, default)).OrderBy(session => session.Key.Value, StringComparer.Ordinal)];

    private static RegisteredSession Session(string client, int number) => new(client, Key(number), s_due);

    private static SessionKey Key(int number) => new($"s-{number:x32}");
}
