using OrleansMcp.Protocol;
using OrleansMcp.Sessions;

namespace OrleansMcp.Tests.Engine;

/// <summary>Ways to a session.</summary>
internal static class EngineExtensions
{
    /// <summary>A client with the key of a session that was never opened.</summary>
    public static EngineClient Unopened(this IEngine engine, Caller caller, string version = ProtocolVersions.November2025) =>
        new(engine, caller, engine.Ids.Issue(caller).Key, version);

    /// <summary>Opens a session through the first node.</summary>
    public static async Task<EngineClient> OpenAsync(
        this IEngine engine, Caller caller, string version = ProtocolVersions.November2025, object? capabilities = null)
    {
        var client = engine.Unopened(caller, version);
        var reply = await client.InitializeAsync(capabilities);
        Assert.Equal((ReplyKind.Message, 200), (reply.Kind, reply.Status));
        return client;
    }

    /// <summary>A client of 2026-07-28 and the actor of its principal.</summary>
    public static EngineClient Principal(this IEngine engine, Caller caller) =>
        new(engine, caller, SessionOwner.PrincipalKey(caller), ProtocolVersions.July2026);

    /// <summary>Lets the time go by after which idle actors leave, and gives them the occasion.</summary>
    public static Task SkipTheTimeOfIdleActorsAsync(this IEngine engine)
    {
        engine.Time.Advance(TimeSpan.FromMinutes(10));
        return engine.CheckExpiryAsync();
    }

    /// <summary>The numbers of the nodes.</summary>
    public static IEnumerable<int> Nodes(this IEngine engine) => Enumerable.Range(0, engine.NodeCount);
}
