using OrleansMcp.Authorization;
using OrleansMcp.Configuration;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Signals;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Sessions;

public sealed class SessionClaimTests
{
    private static readonly SessionKey s_key = SessionKey.Of("acme", isPrincipal: false, 9);
    private readonly SessionBench _bench = new(TestConfiguration.With(quotas: QuotaConfiguration.None with { Sessions = 1 }));
    private readonly BenchAttempts _attempts = new();

    [Fact]
    public async Task A_session_is_open_when_it_has_a_place_and_a_durable_record()
    {
        var record = Claim.FirstRecord(s_key, SessionBench.Alice, asked: null);
        Assert.Null(await Claim.ClaimAsync(SessionBench.Alice, record, CancellationToken.None));
        Assert.Same(record, _bench.Store[s_key]);
        Assert.Equal([s_key], await PlacesAsync());
        Assert.Empty(_bench.Signals.Raised);
    }

    [Fact]
    public void A_first_record_is_the_callers_and_holds_what_it_may_have_of_what_it_asked_for()
    {
        _bench.Permit("tool:bench_*");
        var record = Claim.FirstRecord(s_key, SessionBench.Alice, PermissionSet.Parse("tool:bench_echo", "tool:other"));
        Assert.Equal(
            (s_key.Value, SessionOwner.Of(SessionBench.Alice), 1), (record.Key, record.Owner, record.Version));
        Assert.Equal(["tool:bench_echo"], record.Permissions);
        var now = _bench.Time.GetUtcNow();
        Assert.Equal((now, now + TimeSpan.FromHours(24), now), (record.OpenedAt, record.ExpiresAt, record.LastActiveAt));
        Assert.Equal(["tool:bench_*"], Claim.FirstRecord(s_key, SessionBench.Alice, asked: null).Permissions);
        Assert.Equal(0, Claim.NewRecord(s_key, SessionBench.Alice).Version);
    }

    [Fact]
    public void A_first_record_holds_what_initialize_settled()
    {
        Assert.True(Handshake.TryRead(SessionBench.Parse(Rpc.Initialize(1, ProtocolVersions.June2025)), out var handshake, out _));
        var record = Claim.FirstRecord(s_key, SessionBench.Alice, handshake);
        Assert.Equal((ProtocolVersions.June2025, "raw"), (record.ProtocolVersion, record.ClientInfo!.Value.GetProperty("name").GetString()));
    }

    [Fact]
    public async Task A_session_too_many_is_refused_with_a_signal_and_leaves_nothing()
    {
        Assert.Null(await ClaimAsync(s_key));
        var other = SessionKey.Of("acme", isPrincipal: false, 10);
        Assert.Equal(QuotaRefusal.Code, (await ClaimAsync(other))!.Code);
        Assert.Null(_bench.Store[other]);
        Assert.Equal([s_key], await PlacesAsync());
        Assert.Equal(1, _bench.Raised(SignalName.QuotaExceeded));
    }

    [Fact]
    public async Task A_session_whose_record_cannot_be_stored_gives_its_place_back()
    {
        _bench.Store.FailsOnce = new IOException("The disk is full.");
        await Assert.ThrowsAsync<IOException>(() => ClaimAsync(s_key));
        Assert.Empty(await PlacesAsync());
        Assert.Null(await ClaimAsync(s_key));
    }

    [Fact]
    public async Task A_session_that_is_another_activations_keeps_its_place()
    {
        _bench.Store.FailsOnce = new SessionFencedException("Another activation has it.");
        await Assert.ThrowsAsync<SessionFencedException>(() => ClaimAsync(s_key));
        Assert.Equal([s_key], await PlacesAsync());
    }

    [Fact]
    public async Task A_client_that_is_held_back_opens_nothing()
    {
        _attempts.Rest = TimeSpan.FromSeconds(4.5);
        var refusal = await ClaimAsync(s_key);
        Assert.Equal((ThrottledException.Code, 5), (refusal!.Code, refusal.RetryAfterSeconds));
        Assert.Empty(_bench.Store.Operations);
        Assert.Empty(await PlacesAsync());
    }

    [Fact]
    public async Task A_client_that_is_not_registered_opens_nothing()
    {
        var stranger = SessionBench.Alice with { Client = "nobody" };
        Assert.NotNull(await Claim.ClaimAsync(stranger, Claim.FirstRecord(s_key, stranger, asked: null), CancellationToken.None));
        Assert.Empty(_bench.Store.Operations);
    }

    private SessionClaim Claim => new(_bench.Store, _bench.Tenants, _attempts, _bench.Signals, _bench.Configuration, _bench.Time);

    private Task<SessionRefusal?> ClaimAsync(SessionKey key) =>
        Claim.ClaimAsync(SessionBench.Alice, Claim.FirstRecord(key, SessionBench.Alice, asked: null), CancellationToken.None);

    private ValueTask<IReadOnlyList<SessionKey>> PlacesAsync() => _bench.Tenants.Get("acme").ListSessionsAsync("alice", CancellationToken.None);
}
