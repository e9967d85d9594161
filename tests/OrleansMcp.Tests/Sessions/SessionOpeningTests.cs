using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions;

public sealed class SessionOpeningTests
{
    private readonly SessionBench _bench = new(isNew: true);

    [Fact]
    public async Task An_open_is_answered_when_it_is_durable_and_until_then_nobody_enters()
    {
        var held = _bench.Store.Held = new Gate();
        var opening = _bench.OpenAsync();
        await held.Entered;
        Assert.Equal((false, true, true), (opening.IsCompleted, _bench.Session.Exists, _bench.Session.IsBusy));
        Assert.Equal(SessionReply.NotFound, await _bench.PingAsync());
        Assert.Null(await _bench.Session.EndAsync(SessionBench.Alice, CancellationToken.None));
        Assert.Null(_bench.Record.OrNull);

        held.Open();
        var reply = await opening.InTime("the session was open");
        Assert.Equal(ProtocolVersions.November2025, (string?)reply.Json()["result"]!["protocolVersion"]);
        Assert.Same(_bench.Record.Value, _bench.Store[_bench.Record.Key]);
        Assert.Equal(200, (await _bench.PingAsync()).Status);
        Assert.Equal(0, _bench.Retired);
    }

    [Fact]
    public async Task A_session_is_opened_once()
    {
        var held = _bench.Store.Held = new Gate();
        var opening = _bench.OpenAsync();
        await held.Entered;
        Assert.Equal(SessionReply.NotFound, await _bench.OpenAsync());
        held.Open();
        await opening.InTime("the session was open");
        var record = _bench.Record.Value;
        Assert.Equal(SessionReply.NotFound, await _bench.OpenAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => OpenHandleAsync(_bench));
        Assert.Same(record, _bench.Record.Value);
        Assert.Equal(["save"], _bench.Store.Operations);
    }

    [Fact]
    public async Task A_key_of_another_tenant_and_a_principals_open_nothing()
    {
        Assert.Equal(SessionReply.NotFound, await _bench.OpenAsync(SessionBench.Carol));
        Assert.Equal(SessionReply.NotFound, await new SessionBench(isPrincipal: true, isNew: true).OpenAsync());
        Assert.Empty(_bench.Store.Operations);
        Assert.Equal(200, (await _bench.OpenAsync()).Status);
    }

    [Fact]
    public async Task A_malformed_initialize_leaves_no_session()
    {
        var reply = await _bench.Session.OpenAsync(SessionBench.Alice, _bench.Request("initialize"), CancellationToken.None);
        Assert.Equal((400, RpcError.InvalidParams), (reply.Status, reply.ErrorCode()));
        Assert.Equal((false, 1), (_bench.Session.Exists, _bench.Retired));
        Assert.Equal(SessionReply.NotFound, await _bench.OpenAsync());
        Assert.Empty(_bench.Store.Operations);
    }

    [Fact]
    public async Task A_session_too_many_is_refused_and_leaves_no_session()
    {
        var bench = new SessionBench(TestConfiguration.With(quotas: QuotaConfiguration.None with { Sessions = 0 }), isNew: true);
        var reply = await bench.OpenAsync();
        Assert.Equal(429, reply.Status);
        Assert.True(reply.RetryAfterSeconds > 0);
        Assert.Equal((false, 1), (bench.Session.Exists, bench.Retired));
        Assert.Null(bench.Record.OrNull);
    }

    [Fact]
    public async Task A_session_that_the_store_does_not_take_is_none()
    {
        _bench.Store.FailsOnce = new IOException("The disk is full.");
        await Assert.ThrowsAsync<IOException>(() => _bench.OpenAsync());
        Assert.Equal((false, 1), (_bench.Session.Exists, _bench.Retired));
        Assert.Equal(SessionReply.NotFound, await _bench.PingAsync());
    }

    [Fact]
    public async Task A_session_that_another_activation_has_opened_is_found_there()
    {
        _bench.Store.FailsOnce = new SessionFencedException("Another activation has it.");
        await Assert.ThrowsAsync<SessionFencedException>(() => _bench.OpenAsync());
        Assert.Equal(1, _bench.Retired);
        await Assert.ThrowsAsync<SessionPassivatedException>(() => _bench.PingAsync());
        await Assert.ThrowsAsync<SessionPassivatedException>(() => _bench.OpenAsync());
        await _bench.Session.Retirement.InTime("a caller may go on to the next activation");
    }

    [Fact]
    public async Task A_session_that_is_to_leave_while_it_is_opened_is_answered_and_lives_elsewhere()
    {
        var held = _bench.Store.Held = new Gate();
        var opening = _bench.OpenAsync();
        await held.Entered;
        Assert.False(await _bench.Session.TryPassivateAsync());
        await _bench.Session.LeaveAsync().InTime("the engine let go");
        held.Open();
        Assert.Equal(200, (await opening.InTime("the session was open")).Status);
        Assert.NotNull(_bench.Store[_bench.Record.Key]);
        Assert.Equal(1, _bench.Retired);
        await Assert.ThrowsAsync<SessionPassivatedException>(() => _bench.PingAsync());
        await _bench.Session.Retirement.InTime("a caller may go on to the next activation");
    }

    [Fact]
    public async Task A_handle_opens_a_session_without_a_handshake()
    {
        Assert.Null(await OpenHandleAsync(_bench, "tool:bench_echo"));
        Assert.Equal((null, 1), (_bench.Record.Value.ProtocolVersion, _bench.Record.Value.Version));
        Assert.Equal(["tool:bench_echo"], _bench.Record.Value.Permissions);
        Assert.True(_bench.Session.IsOwnedBy(SessionBench.Alice));
    }

    private static Task<SessionRefusal?> OpenHandleAsync(SessionBench bench, params string[] permissions) =>
        bench.Session.OpenHandleAsync(SessionBench.Alice, new(permissions.Length == 0 ? null : permissions), CancellationToken.None);
}
