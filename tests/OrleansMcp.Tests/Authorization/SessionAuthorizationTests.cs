using OrleansMcp.Authorization;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tests.Sessions;

namespace OrleansMcp.Tests.Authorization;

public sealed class SessionAuthorizationTests
{
    private readonly SessionBench _bench = new(TestConfiguration.With().Permitting("acme", "alice", "tool:bench_*", "resource:bench://*"));

    [Fact]
    public void A_call_is_judged_by_the_sessions_own_set()
    {
        Assert.True(Authorization.TryPermit(_bench.ToolCall(), PermissionKind.Tool, "bench_echo"));
        Assert.False(Authorization.TryPermit(_bench.ToolCall(), PermissionKind.Tool, "other"));
        Assert.False(Authorization.TryPermit(_bench.ToolCall(), PermissionKind.Prompt, "bench_echo"));
    }

    [Fact]
    public void A_refusal_raises_one_signal_and_a_permission_none()
    {
        Authorization.Permit(_bench.ToolCall(), PermissionKind.Tool, "bench_echo");
        Assert.Empty(_bench.Signals.Raised);
        Assert.False(Authorization.TryPermit(_bench.ToolCall(), PermissionKind.Tool, "other"));
        Assert.Equal(1, _bench.Raised(SignalName.PermissionDenied));
        Assert.Throws<PermissionDeniedException>(() => Authorization.Permit(_bench.ToolCall(), PermissionKind.Tool, "other"));
        Assert.Throws<PermissionDeniedException>(() => Authorization.PermitUse(SessionBench.Alice, PermissionKind.RecordsRead, "orders"));
        Assert.Throws<PermissionDeniedException>(() => Authorization.PermitResource(_bench.ToolCall(), "other://one"));
        Assert.Throws<PermissionDeniedException>(() => Authorization.PermitWatching(_bench.ToolCall(), ["bench://one", "other://one", "other://two"]));
        Assert.Equal(5, _bench.Signals.Raised.Count);
        Assert.All(_bench.Signals.Raised, signal => Assert.Equal(
            (SignalName.PermissionDenied, "alice", _bench.Record.Key), (signal.Name, signal.Who!.Client, signal.Session!.Value)));
    }

    [Fact]
    public void What_the_registration_loses_is_lost_at_once_and_what_it_gains_is_not_the_sessions()
    {
        Assert.True(Allows("bench_echo"));
        _bench.Permit("tool:bench_wait", "tool:other");
        Assert.False(Allows("bench_echo"));
        Assert.True(Allows("bench_wait"));
        Assert.False(Allows("other"));
    }

    [Fact]
    public void A_principal_may_do_what_its_registration_may_at_the_moment()
    {
        var bench = new SessionBench(TestConfiguration.With().Permitting("acme", "alice", "tool:one"), isPrincipal: true);
        Assert.False(bench.Authorization.Allows(SessionBench.Alice, PermissionKind.Tool, "two"));
        bench.Permit("tool:two");
        Assert.True(bench.Authorization.Allows(SessionBench.Alice, PermissionKind.Tool, "two"));
        Assert.False(bench.Authorization.Allows(SessionBench.Alice, PermissionKind.Tool, "one"));
    }

    [Fact]
    public void A_client_that_is_not_registered_any_more_may_do_nothing()
    {
        Assert.True(Allows("bench_echo"));
        _bench.Configuration.Current = TestConfiguration.With() with { Tenants = new Dictionary<string, TenantConfiguration>() };
        Assert.False(Allows("bench_echo"));
    }

    [Fact]
    public void A_record_that_is_replaced_is_what_counts_from_then_on()
    {
        Assert.True(Allows("bench_echo"));
        _bench.Record.Replace(_bench.Record.Value with { Permissions = ["tool:bench_wait"] });
        Assert.False(Allows("bench_echo"));
        Assert.True(Allows("bench_wait"));
    }

    [Fact]
    public void The_scopes_of_a_credential_narrow_and_never_widen()
    {
        _bench.Configuration.Current = _bench.Configuration.Current.Scoped(
            ("echo", ["tool:bench_echo"]), ("much", ["tool:*", "prompt:*"]), ("requests", ["tools/call"]));
        Assert.True(Allows("bench_echo", "echo"));
        Assert.False(Allows("bench_wait", "echo"));
        Assert.True(Allows("bench_wait", "much"));
        Assert.False(Allows("other", "much"));
        Assert.True(Allows("bench_wait", "requests"));
        Assert.False(Allows("bench_wait", "unknown"));
        Assert.Equal(["tool:bench_echo"], Authorization.PermittedTo(Scoped("echo")).Entries);
        Assert.Equal(["resource:bench://*", "tool:bench_*"], Authorization.PermittedTo(SessionBench.Alice).Entries);
        Assert.Equal(["tool:bench_*"], Authorization.PermittedTo(Scoped("much")).Entries);
    }

    [Fact]
    public void A_grant_is_renewed_only_after_something_was_judged_or_shown()
    {
        Assert.False(Authorization.TryRenew(out _, out _));
        Assert.True(Allows("bench_echo"));
        _bench.Permit("tool:bench_wait");
        Assert.True(Authorization.TryRenew(out var former, out var now));
        Assert.Equal(["resource:bench://*", "tool:bench_*"], former.Entries);
        Assert.Equal(["tool:bench_wait"], now.Entries);
        Assert.True(Authorization.TryRenew(out former, out now));
        Assert.Same(former, now);
    }

    [Fact]
    public void What_a_call_was_permitted_is_found_by_what_it_needs_after_the_grant_is_renewed()
    {
        var (running, watching, unjudged) = (_bench.ToolCall(), _bench.ToolCall(), _bench.ToolCall());
        Assert.True(Authorization.TryPermit(running, PermissionKind.Tool, "bench_echo"));
        Authorization.PermitWatching(watching, ["bench://one"]);
        _bench.Permit("tool:bench_wait", "resource:bench://two");
        Assert.True(Authorization.TryRenew(out _, out _));
        Assert.False(Authorization.StillPermits(running));
        Assert.False(Authorization.StillPermits(watching));
        Assert.True(Authorization.StillPermits(unjudged));
        Assert.Empty(_bench.Signals.Raised);
    }

    [Fact]
    public async Task A_call_that_is_judged_while_permissions_are_taken_away_is_refused_or_found()
    {
        for (var round = 0; round < 100; round++)
        {
            var bench = new SessionBench(TestConfiguration.With());
            _ = bench.Authorization.Effective;
            var call = bench.Call("tools/call", Rpc.CallParams("bench_echo"));
            using var start = new Barrier(2);
            var judging = Task.Run(() =>
            {
                start.SignalAndWait();
                return bench.Authorization.TryPermit(call, PermissionKind.Tool, "bench_echo");
            });
            start.SignalAndWait();
            bench.Permit("tool:other");
            Assert.True(bench.Authorization.TryRenew(out _, out _));
            var isFound = call.Need is not null && !bench.Authorization.StillPermits(call);
            Assert.True(isFound || !await judging, "The call was permitted, and nobody would have found it.");
        }
    }

    [Fact]
    public void A_resource_is_judged_in_the_form_in_which_it_is_read()
    {
        _bench.Permit("resource:bench://items/a*");
        Assert.Equal("bench://items/ab", Authorization.PermitResource(_bench.ToolCall(), "bench://items/%61b"));
        Assert.Throws<PermissionDeniedException>(() => Authorization.PermitResource(_bench.ToolCall(), "bench://items/a/../b"));
    }

    [Fact]
    public void A_template_is_listed_when_one_of_its_uris_is_permitted()
    {
        var template = _bench.Catalogue.Resources["bench://items/{id}"];
        Assert.True(Authorization.MayYield(SessionBench.Alice, template));
        _bench.Permit("resource:bench://items/a*");
        Assert.True(Authorization.MayYield(SessionBench.Alice, template));
        _bench.Permit("resource:bench://one");
        Assert.False(Authorization.MayYield(SessionBench.Alice, template));
    }

    private SessionAuthorization Authorization => _bench.Authorization;

    private static Caller Scoped(params string[] scopes) => SessionBench.Alice with { Scopes = scopes.ToHashSet(StringComparer.Ordinal) };

    private bool Allows(string tool, params string[] scopes) =>
        Authorization.Allows(scopes.Length == 0 ? SessionBench.Alice : Scoped(scopes), PermissionKind.Tool, tool);
}
