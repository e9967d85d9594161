using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Engine;

/// <summary>
/// What every engine owes its front ends, said in terms of the seam alone. An engine's tests derive from each class of the contract and
/// say how the engine is started; a behaviour that only one engine has is tested elsewhere.
/// </summary>
public abstract class EngineContract
{
    private protected static readonly Caller Alice = new("acme", "alice", "alice");
    private protected static readonly Caller Bob = new("acme", "bob", "bob");
    private protected static readonly Caller Carol = new("globex", "carol", "carol");

    /// <summary>Callers that are not <see cref="Alice"/>, each by one trait of hers.</summary>
    public static TheoryData<string, string, string, string?> Strangers { get; } = new()
    {
        { "acme", "bob", "bob", null },
        { "globex", "carol", "carol", null },
        { "acme", "alice", "another user", null },
        { "globex", "alice", "alice", null },
        { "acme", "alice", "alice", "another proven key" },
        { "Acme", "alice", "alice", null },
    };

    /// <summary>Starts the engine on fresh state.</summary>
    private protected abstract Task<IEngine> StartAsync(ServerConfiguration configuration);

    private protected Task<IEngine> StartAsync() => StartAsync(TestConfiguration.With());

    private protected Task<IEngine> StartAsync(QuotaConfiguration quotas) => StartAsync(TestConfiguration.With(quotas: quotas));

    private protected Task<IEngine> StartAsync(SessionConfiguration sessions) => StartAsync(TestConfiguration.With(sessions));

    /// <summary>Either way in which an actor leaves memory and comes back.</summary>
    private protected static Task LeaveMemoryAsync(IEngine engine, bool restart) => restart ? engine.RestartAsync() : engine.SendToSleepAsync();

    private protected static Task NothingIsLeftOf(IEngine engine, SessionKey key) => Eventually.Holds(
        async () => engine.ActorsOf(key) == 0 && !await engine.HasRecordAsync(key), "neither actor nor record was left");

    private protected static Task SignalledAsync(IEngine engine, string signal, long times) =>
        Eventually.Holds(() => engine.Signals[signal] == times, $"{signal} was counted {times} times");

    /// <summary>
    /// What is counted where a call arrives: a call over the wire that nobody answered in time is made again, and counts again. So it is at
    /// least as often, and exactly where no wire is.
    /// </summary>
    private protected static async Task AttemptedAsync(IEngine engine, string signal, long times)
    {
        await Eventually.Holds(() => engine.Signals[signal] >= times, $"{signal} was counted {times} times");
        if (times == 0 || engine.NodeCount == 1)
        {
            Assert.Equal(times, engine.Signals[signal]);
        }
    }
}
