using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Keys;
using OrleansMcp.Storage.Sqlite;
using OrleansMcp.Storage.Sqlite.Keys;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>The keys that sign session ids: made once, changed by commands while a server runs, and followed by it.</summary>
public sealed class KeyRingTests : IDisposable
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");

    private readonly SqliteStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public void The_first_start_makes_one_key_and_the_next_ones_find_it()
    {
        var made = _store.Keys.ReadOrCreate();
        Assert.Single(made.Keys);
        _store.Reopen();
        Assert.True(_store.Keys.ReadOrCreate().Are(made));
    }

    [Fact]
    public void A_folder_without_keys_gets_none_from_a_command()
    {
        using var command = SqliteDataFolder.Open(_store.Folder);
        Assert.Throws<SessionIdKeyException>(command.Keys.Rotate);
        Assert.Throws<SessionIdKeyException>(command.Keys.Retire);
        Assert.Throws<SessionIdKeyException>(command.Keys.Read);
    }

    [Fact]
    public void A_command_rotates_and_retires_beside_the_server_that_holds_the_folder()
    {
        var first = _store.Keys.ReadOrCreate();
        using var command = SqliteDataFolder.Open(_store.Folder);
        var names = command.Keys.Rotate();
        Assert.Equal([names.Issuing, first.Names[0]], _store.Keys.Read().Names);
        Assert.Equal(first.Names, names.Former);
        Assert.Equal(new SessionIdKeyNames(names.Issuing, []).Issuing, command.Keys.Retire().Issuing);
        Assert.Equal([names.Issuing], _store.Keys.Read().Names);
        Assert.Contains("holds one key", Assert.Throws<SessionIdKeyException>(command.Keys.Retire).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_more_than_eight_keys_are_kept()
    {
        _store.Keys.ReadOrCreate();
        for (var number = 1; number < SessionIdKeys.Most; number++)
        {
            _store.Keys.Rotate();
        }

        Assert.Contains("There are 8 keys", Assert.Throws<SessionIdKeyException>(_store.Keys.Rotate).Message, StringComparison.Ordinal);
        Assert.Equal(8, _store.Keys.Read().Keys.Count);
    }

    [Fact]
    public async Task Rotations_at_the_same_time_come_one_after_the_other()
    {
        _store.Keys.ReadOrCreate();
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(_store.Keys.Rotate)));
        Assert.Equal(7, _store.Keys.Read().Names.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task A_running_server_follows_within_seconds()
    {
        var time = new FakeTimeProvider();
        var ids = new SessionIdIssuer(_store.Keys.ReadOrCreate().Keys);
        using var watch = new SessionIdKeyWatch(_store.Keys, ids, time, NullLogger<SessionIdKeyWatch>.Instance);
        await watch.StartAsync(default);
        var former = ids.Issue(s_alice).Id;
        _store.Keys.Rotate();
        _store.Keys.Retire();
        Assert.Equal(TokenVerdict.Valid, ids.Judge(former, s_alice, out _));
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.NotEqual(TokenVerdict.Valid, ids.Judge(former, s_alice, out _));
        await watch.StopAsync(default);
    }
}
