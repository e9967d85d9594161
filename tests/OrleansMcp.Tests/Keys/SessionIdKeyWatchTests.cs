using Microsoft.Extensions.Logging;
using OrleansMcp.Embedded.Files;
using OrleansMcp.Embedded.Keys;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Durability;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Time;

namespace OrleansMcp.Tests.Keys;

/// <summary>A server follows the keys of its folder, and is not led astray by a file that cannot be used.</summary>
public sealed class SessionIdKeyWatchTests : IAsyncLifetime
{
    private static readonly Caller s_alice = new("acme", "alice", "alice");
    private static readonly TimeSpan s_soon = TimeSpan.FromSeconds(3);

    private readonly ScratchFolder _folder = new();
    private readonly ManualTimeProvider _time = new();
    private readonly LogLines _log = new();
    private readonly SessionIdKeyFile _file;
    private readonly SessionIdIssuer _ids;
    private readonly SessionIdKeyWatch _watch;

    public SessionIdKeyWatchTests()
    {
        _file = new SessionIdKeyFile(_folder.Path, new Disk());
        _ids = new SessionIdIssuer(_file.ReadOrCreate().Keys);
        _watch = new SessionIdKeyWatch(_file, _ids, _time, _log);
    }

    public async ValueTask InitializeAsync() => await _watch.StartAsync(TestContext.Current.CancellationToken);

    [Fact]
    public void A_rotated_key_issues_soon_and_the_former_one_verifies()
    {
        var old = _ids.Issue(s_alice).Id;
        var keys = _file.Rotate();
        _time.Advance(s_soon);
        var id = _ids.Issue(s_alice).Id;
        Assert.Equal(TokenVerdict.Valid, new SessionIdIssuer([keys.Keys[0]]).Judge(id, s_alice, out _));
        Assert.Equal(TokenVerdict.Valid, _ids.Judge(old, s_alice, out _));
        Assert.Contains(_log.Lines, line => line.Contains(keys.Names[0], StringComparison.Ordinal) && line.Contains(keys.Names[1], StringComparison.Ordinal));
    }

    [Fact]
    public void A_retired_key_verifies_nothing_soon()
    {
        var (old, state) = (_ids.Issue(s_alice).Id, _ids.IssueState(s_alice).Token);
        _file.Rotate();
        _time.Advance(s_soon);
        var young = _ids.Issue(s_alice).Id;
        _file.Retire();
        _time.Advance(s_soon);
        Assert.Equal(TokenVerdict.Forged, _ids.Judge(old, s_alice, out _));
        Assert.Equal(TokenVerdict.Forged, _ids.JudgeState(state, s_alice, out _));
        Assert.Equal(TokenVerdict.Valid, _ids.Judge(young, s_alice, out _));
    }

    [Fact]
    public void A_rotation_and_a_retirement_between_two_looks_are_seen()
    {
        var old = _ids.Issue(s_alice).Id;
        var written = File.GetLastWriteTimeUtc(_file.FullPath);
        _file.Rotate();
        _file.Retire();
        File.SetLastWriteTimeUtc(_file.FullPath, written); // as a file system with coarse times would have it; the length is the same too
        _time.Advance(s_soon);
        Assert.Equal(TokenVerdict.Forged, _ids.Judge(old, s_alice, out _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_file_that_cannot_be_used_changes_nothing_and_is_told_once(bool isDamaged)
    {
        var good = File.ReadAllBytes(_file.FullPath);
        var old = _ids.Issue(s_alice).Id;
        if (isDamaged)
        {
            File.WriteAllText(_file.FullPath, "not keys");
        }
        else
        {
            File.Delete(_file.FullPath);
        }

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TokenVerdict.Valid, _ids.Judge(old, s_alice, out _));
        Assert.Single(_log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
        File.WriteAllBytes(_file.FullPath, good);
        _file.Rotate();
        _time.Advance(s_soon);
        Assert.Equal(2, _log.Lines.Count(line => line.StartsWith("Information", StringComparison.Ordinal)));
        Assert.Equal(TokenVerdict.Valid, _ids.Judge(old, s_alice, out _));
    }

    [Fact]
    public void Nothing_is_said_of_keys_that_did_not_change_and_never_a_key()
    {
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(_log.Lines);
        var keys = _file.Rotate().Keys;
        _time.Advance(s_soon);
        var said = string.Join('\n', _log.Lines);
        Assert.All(keys, key => Assert.DoesNotContain(Convert.ToHexStringLower(key)[..8], said, StringComparison.OrdinalIgnoreCase));
        Assert.All(keys, key => Assert.DoesNotContain(Convert.ToBase64String(key)[..8], said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_its_stop_it_looks_no_more()
    {
        await _watch.StopAsync(TestContext.Current.CancellationToken);
        _file.Rotate();
        _time.Advance(s_soon);
        Assert.Single(_log.Lines);
    }

    public ValueTask DisposeAsync()
    {
        _watch.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
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
