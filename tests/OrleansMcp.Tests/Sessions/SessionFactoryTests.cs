using System.Text.Json;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;
using OrleansMcp.Authorization;
using OrleansMcp.Authorization.Policies;
using OrleansMcp.Caching;
using OrleansMcp.Configuration;
using OrleansMcp.Memory;
using OrleansMcp.Protocol;
using OrleansMcp.Quotas;
using OrleansMcp.Quotas.Egress;
using OrleansMcp.Records;
using OrleansMcp.Secrets.References;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.Sessions.Handlers;
using OrleansMcp.Sessions.State;
using OrleansMcp.Sessions.Upstreams;
using OrleansMcp.Signals;
using OrleansMcp.Signals.Interference;
using OrleansMcp.Tenants;
using OrleansMcp.Tests.Hosting;
using OrleansMcp.ToolLogs;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Sessions;

public sealed class SessionFactoryTests
{
    private readonly SessionBench _bench = new();

    [Fact]
    public async Task Two_sessions_share_services_and_nothing_that_holds_state_of_a_session()
    {
        var (alice, carol) = (await UsedAsync(SessionBench.Alice, 1), await UsedAsync(SessionBench.Carol, 2));
        var shared = ObjectGraph.From(alice, IsService);
        shared.IntersectWith(ObjectGraph.From(carol, IsService));
        Assert.Contains(_bench.Catalogue, shared); // They were both looked through.
        shared.ExceptWith(ObjectGraph.From(_bench.Catalogue.Options.Filters.Request, IsService));
        shared.RemoveWhere(one => IsService(one) || IsFixed(one) || IsSignOfLife(one, alice));
        Assert.True(shared.Count == 0, string.Join('\n', shared.Select(one => one.GetType().ToString())));
    }

    [Fact]
    public async Task A_session_is_looked_through_to_its_secrets_its_state_and_its_streams()
    {
        var found = ObjectGraph.From(await UsedAsync(SessionBench.Alice, 1), IsService).Select(one => one.GetType().Name).ToHashSet();
        Assert.Superset(
            new HashSet<string>(["SessionVault", "SecretVault", "SessionRecord", "StreamSet", "SessionMeter", "PendingInputs", "ClientRequests", "RunningCalls"]),
            found);
    }

    [Fact]
    public async Task Two_sessions_of_one_client_and_two_lives_of_one_session_number_differently()
    {
        var stored = RecordOf(SessionBench.Alice, 1);
        HashSet<string> lives = [];
        foreach (var record in (SessionRecord[])[stored, RecordOf(SessionBench.Alice, 2), stored])
        {
            var session = _bench.Factory.Create(new SessionKey(record.Key), record, new BenchStore());
            await PostAsync(session, SessionBench.Alice, "tools/list", new { });
            await using var events = session.ListenAsync(SessionBench.Alice, default, CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
            await events.MoveNextAsync();
            _bench.Permit($"tool:bench_{lives.Count}");
            await events.MoveNextAsync().AsTask().InTime("the client heard that its list changed");
            _bench.Permit("tool:*", "resource:*");
            Assert.True(lives.Add(events.Current.Id!.Split('-')[0]));
        }
    }

    [Fact]
    public async Task A_session_begins_with_what_its_record_says_and_none_without_one()
    {
        var record = RecordOf(SessionBench.Alice, 1) with { LastActiveAt = _bench.Time.GetUtcNow() - TimeSpan.FromMinutes(7) };
        var session = _bench.Factory.Create(new SessionKey(record.Key), record, new BenchStore());
        Assert.Equal((record.LastActiveAt, true), (session.LastActiveAt, session.IsOwnedBy(SessionBench.Alice)));
        Assert.False(_bench.Factory.Create(new SessionKey(record.Key), stored: null, new BenchStore()).Exists);

        var retired = 0;
        var left = _bench.Factory.Create(new SessionKey(record.Key), record, new BenchStore(), _ => retired++);
        Assert.True(await left.TryPassivateAsync());
        Assert.Equal(1, retired);
    }

    /// <summary>A session all parts of which have been used.</summary>
    private async Task<Session> UsedAsync(Caller owner, int number)
    {
        var record = RecordOf(owner, number);
        var session = _bench.Factory.Create(new SessionKey(record.Key), record, new BenchStore());
        await session.GetSealingKeyAsync(owner, CancellationToken.None);
        ((ISessionSecrets)session.Vault).Put("token", [1, 2, 3]);
        foreach (var (method, parameters) in ((string, object)[])
        [
            ("tools/list", new { }), ("logging/setLevel", new { level = "error" }), ("resources/subscribe", new { uri = "bench://one" }),
            ("resources/read", new { uri = "bench://one" }), (Methods.ToolsCall, Rpc.CallParams("bench_echo", new { text = "a" })),
        ])
        {
            await PostAsync(session, owner, method, parameters);
        }

        await using var listener = session.ListenAsync(owner, default, CancellationToken.None).GetAsyncEnumerator(CancellationToken.None);
        Assert.True(await listener.MoveNextAsync());
        return session;
    }

    private static async Task PostAsync(Session session, Caller owner, string method, object parameters)
    {
        var reply = await session.PostAsync(
            owner, SessionBench.Parse(Rpc.Request(1, method, parameters)), new PostOptions(AcceptsStream: true), CancellationToken.None);
        Assert.Equal((ReplyKind.Message, null), (reply.Kind, reply.ErrorCode()));
    }

    private SessionRecord RecordOf(Caller owner, int number) => new()
    {
        Key = SessionKey.Of(owner.Tenant, isPrincipal: false, (UInt128)number).Value,
        Owner = SessionOwner.Of(owner),
        OpenedAt = _bench.Time.GetUtcNow(),
        ExpiresAt = _bench.Time.GetUtcNow() + TimeSpan.FromHours(1),
        LastActiveAt = _bench.Time.GetUtcNow(),
        ProtocolVersion = ProtocolVersions.November2025,
        State = new Dictionary<string, JsonElement>(),
        ClientCapabilities = JsonSerializer.SerializeToElement(new { }),
        Permissions = PermissionGrant.ToOpen(_bench.Configuration.Current, owner, asked: null).Entries,
        Version = 1,
    };

    /// <summary>What sessions share on purpose: services, the configuration, and what was made of it.</summary>
    private static bool IsService(object one) => one is Catalogue or McpServerOptions or ReplyWriter or IConfigurationSource or ITenantDirectory
        or ISessionDirectory or IRecordSpaceDirectory or ISecretSource or ISignals or IAttempts or InterferenceDetector or SessionIdIssuer
        or SessionMetrics or TenantMetrics or SessionServices or HandlerTurn or FailureLog or HeldMemory or ClientMemory or EgressConnections or UpstreamServices or TenantCacheClient or ToolLogBuffer or TimeProvider
        or IServiceProvider or ILogger or Tenant or ISessionStore or ServerConfiguration or PolicySet or PermissionSet;

    /// <summary>What nobody can change: nothing is left in it.</summary>
    private static bool IsFixed(object one) => one is Array { Length: 0 } or IReadOnlyList<string> or Task { IsCompletedSuccessfully: true } or Delegate
        || !(one is System.Collections.ICollection || one.GetType().Assembly.GetName().Name!.StartsWith("OrleansMcp", StringComparison.Ordinal)
            || one.GetType().Namespace?.StartsWith("System.Threading", StringComparison.Ordinal) == true);

    /// <summary>Sessions that have not begun to leave wait for one retirement, which never comes.</summary>
    private static bool IsSignOfLife(object one, Session session) => one == session.Retirement || one is TaskCompletionSource source && source.Task == session.Retirement;
}
