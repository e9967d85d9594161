using OrleansMcp.Authorization;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Sessions.Handlers;

/// <summary>What a handler sees of its session, and that what it looked at is noted: its result may depend on it.</summary>
public sealed class CallContextTests
{
    private readonly SessionBench _bench = new();

    [Fact]
    public void Identity_is_the_callers()
    {
        var context = Of(_bench.ToolCall());
        Assert.Equal(("acme", "alice", "alice"), (context.Tenant, context.Client, context.Subject));
        Assert.Equal(_bench.Record.Key.Name, context.SessionName);
    }

    [Fact]
    public void What_a_handler_looks_at_is_noted()
    {
        Assert.Equal(CallTraits.None, Seen(context => context.Tenant));
        Assert.Equal(CallTraits.Client, Seen(context => context.Client));
        Assert.Equal(CallTraits.Client, Seen(context => context.Subject));
        Assert.Equal(CallTraits.Client, Seen(context => context.Http));
        Assert.Equal(CallTraits.Session, Seen(context => context.SessionName));
        Assert.Equal(CallTraits.Session, Seen(context => context.State));
        Assert.Equal(CallTraits.Session, Seen(context => context.Quota));
        Assert.Equal(CallTraits.Secret, Seen(context => context.Secrets));
    }

    [Fact]
    public async Task What_a_handler_does_is_noted()
    {
        var call = _bench.ToolCall();
        await Of(call).ResourceUpdatedAsync("bench://one");
        Assert.Equal(CallTraits.Effect, call.Traits);
        Assert.Equal(CallTraits.Effect, Seen(context =>
        {
            context.HangUp(TimeSpan.FromSeconds(1));
            return context;
        }));
    }

    [Fact]
    public void A_handler_hangs_up_only_where_its_client_can_come_back_before_the_first_message()
    {
        var primed = _bench.ToolCall();
        Of(primed).HangUp(TimeSpan.FromSeconds(1));
        Assert.NotNull(primed.Sink.Stream!.HangUp);

        var former = new SessionBench(version: ProtocolVersions.June2025);
        var unprimed = former.ToolCall();
        new CallContext(unprimed, former.Environment).HangUp(TimeSpan.FromSeconds(1));
        Assert.Null(unprimed.Sink.Stream);
    }

    [Fact]
    public void A_handler_is_told_what_its_own_caller_is_permitted()
    {
        _bench.Permit("tool:bench_echo");
        var context = Of(_bench.ToolCall());
        Assert.True(context.Permissions.Allows(PermissionKind.Tool, "bench_echo"));
        Assert.False(context.Permissions.Allows(PermissionKind.Tool, "bench_wait"));
        _bench.Configuration.Current = _bench.Configuration.Current.Scoped(("few", ["tool:bench_wait"]));
        var narrow = Of(_bench.ToolCall(caller: SessionBench.Alice with { Scopes = new HashSet<string> { "few" } }));
        Assert.False(narrow.Permissions.Allows(PermissionKind.Tool, "bench_echo"));
        Assert.True(context.Permissions.Allows(PermissionKind.Tool, "bench_echo"));
    }

    private ISessionContext Of(RunningCall call) => new CallContext(call, _bench.Environment);

    private CallTraits Seen(Func<ISessionContext, object> look)
    {
        var call = _bench.ToolCall();
        look(Of(call));
        return call.Traits;
    }
}
