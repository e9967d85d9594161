using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Keys;
using OrleansMcp.Storage.Sqlite.Keys;

namespace OrleansMcp.Storage.Tests.Sqlite;

/// <summary>A server follows the keys of its folder, and is not led astray by keys that cannot be read.</summary>
public sealed class SessionIdKeyWatchTests : IAsyncLifetime
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(3);

    private readonly SqliteStore _store = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogLines _log = new();
    private readonly FailingRing _ring;
    private readonly SessionIdIssuer _ids;
    private readonly SessionIdKeyWatch _watch;

    public SessionIdKeyWatchTests()
    {
        _ring = new FailingRing(_store.Keys);
        _ids = new SessionIdIssuer(_ring.ReadOrCreate().Keys);
        _watch = new SessionIdKeyWatch(_ring, _ids, _time, _log);
    }

    public async ValueTask InitializeAsync() => await _watch.StartAsync(TestContext.Current.CancellationToken);

    [Fact]
    public void A_rotated_key_issues_soon_and_the_former_one_verifies()
    {
        var old = _ids.Issue(s_alice).Id;
        _ring.Rotate();
        var keys = _ring.Read();
        _time.Advance(s_soon);
        var id = _ids.Issue(s_alice).Id;
        Assert.Equal(TokenVerdict.Valid, new SessionIdIssuer([keys.Keys[0]]).Judge(id, s_alice, out _));
        Assert.Equal(TokenVerdict.Valid, _ids.Judge(old, s_alice, out _));
        Assert.Contains(_log.Lines, line => line.Contains(keys.Names[0], StringComparison.Ordinal) && line.Contains(keys.Names[1], StringComparison.Ordinal));
    }

    [Fact]
    public void A_retired_key_verifies_nothing_soon()
    {
        var old = _ids.Issue(s_alice).Id;
        _ring.Rotate();
        _time.Advance(s_soon);
        var young = _ids.Issue(s_alice).Id;
        _ring.Retire();
        _time.Advance(s_soon);
        Assert.Equal(TokenVerdict.Forged, _ids.Judge(old, s_alice, out _));
        Assert.Equal(TokenVerdict.Valid, _ids.Judge(young, s_alice, out _));
    }

    [Fact]
    public void A_rotation_and_a_retirement_between_two_looks_are_seen()
    {
        var old = _ids.Issue(s_alice).Id;
        _ring.Rotate();
        _ring.Retire();
        _time.Advance(s_soon);
        Assert.Equal(TokenVerdict.Forged, _ids.Judge(old, s_alice, out _));
    }

    [Fact]
    public void Keys_that_cannot_be_read_change_nothing_and_are_told_once()
    {
        var old = _ids.Issue(s_alice).Id;
        _ring.Fails = true;
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TokenVerdict.Valid, _ids.Judge(old, s_alice, out _));
        Assert.Single(_log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
        _ring.Fails = false;
        _ring.Rotate();
        _time.Advance(s_soon);
        Assert.Equal(2, _log.Lines.Count(line => line.StartsWith("Information", StringComparison.Ordinal)));
        Assert.Equal(TokenVerdict.Valid, _ids.Judge(old, s_alice, out _));
    }

    [Fact]
    public void Nothing_is_said_of_keys_that_did_not_change_and_never_a_key()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(_log.Lines);
        _ring.Rotate();
        var keys = _ring.Read().Keys;
        _time.Advance(s_soon);
        var said = string.Join('\n', _log.Lines);
        Assert.All(keys, key => Assert.DoesNotContain(Convert.ToHexStringLower(key)[..8], said, StringComparison.OrdinalIgnoreCase));
        Assert.All(keys, key => Assert.DoesNotContain(Convert.ToBase64String(key)[..8], said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_its_stop_it_looks_no_more()
    {
        await _watch.StopAsync(TestContext.Current.CancellationToken);
        _ring.Rotate();
        _time.Advance(s_soon);
        Assert.Single(_log.Lines);
    }

    public ValueTask DisposeAsync()
    {
        _watch.Dispose();
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>The ring of the store, which does not answer when the test says so.</summary>
    private sealed class FailingRing(ISessionIdKeyRing inner) : ISessionIdKeyRing
    {
        public bool Fails { get; set; }

        public SessionIdKeys ReadOrCreate() => inner.ReadOrCreate();

        public SessionIdKeys Read() => Fails ? throw new IOException("The database cannot be read.") : inner.Read();

        public SessionIdKeyNames Rotate() => inner.Rotate();

        public SessionIdKeyNames Retire() => inner.Retire();
    }

    private sealed class LogLines : ILogger<SessionIdKeyWatch>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add($"{logLevel}: {formatter(state, exception)}");
    }
}
