using Orleans.Runtime;
using OrleansMcp.Grains.Storage;
using OrleansMcp.Sessions;
using OrleansMcp.Storage.Tests.Contracts;
using OrleansMcp.Tenants;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>The registry is an index over the sessions' rows: what an activation writes is listed, and what it deletes is not.</summary>
public sealed class SessionIndexTests : IDisposable
{
    private static readonly DateTimeOffset s_due = new(2026, 7, 28, 12, 0, 0, TimeSpan.Zero);

    private readonly SqliteStore _store = new();
    private readonly SessionKey _key = SessionKey.OfSession("acme", [1]);

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task An_activation_is_listed_by_its_writes_alone_from_the_first_to_the_deletion()
    {
        var expected = new RegisteredSession("alice", _key, s_due, StateBytes: 6);
        var first = Activation();
        await first.ClaimAsync(_key);
        Assert.Empty(await ListAsync());
        await first.SaveAsync(SessionRecords.Of(_key, version: 1), default);
        Assert.Equal([expected], await ListAsync());
        await first.SaveLeavingAsync(SessionRecords.Of(_key, version: 2), default);
        Assert.Equal([expected], await ListAsync());
        var second = Activation();
        await second.ClaimAsync(_key);
        Assert.Equal([expected], await ListAsync());
        await _store.Registry.RemoveAsync("acme", _key, default);
        Assert.Equal([expected], await ListAsync());
        await second.DeleteAsync(_key, default);
        Assert.Empty(await ListAsync());
    }

    private GrainSessionStore Activation() => new(_store.Sessions, GrainId.Create("session", _key.Value)) { DueAt = _ => s_due };

    private Task<IReadOnlyList<RegisteredSession>> ListAsync() => _store.Registry.LoadAsync("acme", default);
}
