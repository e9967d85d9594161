using OrleansMcp.Cutoffs;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions;

public sealed class SessionCutoffTests
{
    [Fact]
    public async Task A_session_that_a_mark_is_about_ends_and_another_one_does_not()
    {
        var bench = new SessionBench();
        Mark(bench, "bob");
        Assert.Null(await bench.Session.EndIfCutOffAsync());
        Mark(bench, "alice");
        Assert.Equal(SessionEndReason.Operator, (await bench.Session.EndIfCutOffAsync())!.Reason);
        Assert.Equal(SessionReply.NotFound, await bench.PingAsync());
        Assert.Null(await bench.Session.EndIfCutOffAsync());
        Assert.Equal(1, bench.Raised(SignalName.SessionEnded));
    }

    [Fact]
    public async Task A_mark_that_comes_while_a_session_opens_ends_it_before_anybody_is_told_that_it_is_open()
    {
        var bench = new SessionBench(isNew: true);
        var held = bench.Store.Held = new Gate();
        var opening = bench.OpenAsync();
        await held.Entered;
        Mark(bench, "alice");
        Assert.Null(await bench.Session.EndIfCutOffAsync()); // It is not open yet.
        held.Open();
        Assert.Equal(429, (await opening.InTime("the opening was answered")).Status);
        Assert.False(bench.Session.Exists);
        Assert.Null(bench.Store[bench.Record.Key]);
    }

    [Fact]
    public async Task A_principal_that_is_refused_gets_403_for_each_message_and_no_secret_is_taken()
    {
        var bench = new SessionBench(isPrincipal: true, isNew: true);
        Mark(bench, "alice", refuses: true);
        Assert.Equal(403, (await bench.PingAsync()).Status);
        Assert.Equal(403, (await bench.Session.PostBatchAsync(SessionBench.Alice, [bench.Request("tools/list")], default, CancellationToken.None)).Status);
        Assert.False((await bench.Session.GetSealingKeyAsync(SessionBench.Alice, CancellationToken.None)).IsFound);
        Assert.Null(bench.Record.OrNull);
    }

    private static void Mark(SessionBench bench, string client, bool refuses = false)
    {
        var now = bench.Time.GetUtcNow();
        var former = bench.Cutoffs.Of("acme");
        Assert.True(bench.Cutoffs.TryRaise("acme", new CutoffSet(
            former.Version + 1, [.. former.Marks, new Cutoff(new CutoffScope(client, null), now, refuses, "olga", now)])));
    }
}
