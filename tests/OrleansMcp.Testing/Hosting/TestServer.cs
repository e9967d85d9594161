using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Time.Testing;
using OrleansMcp.Configuration;
using OrleansMcp.Sessions;
using OrleansMcp.Tools;

namespace OrleansMcp.Tests.Hosting;

/// <summary>
/// What tests of the front end run against: real HTTP on free loopback ports, test tools beside the demo tools, restartable. One process, or
/// in the tests of the cluster gateways in front of silos.
/// </summary>
public abstract class TestServer : IAsyncDisposable
{
    /// <summary>Which kind this assembly's tests get.</summary>
    internal static Func<TestServerOptions, TestServer> Kind { get; set; } = static options => new SoleServer(options);

    /// <summary>The MCP endpoint.</summary>
    public abstract Uri Url { get; }

    public abstract IServiceProvider Services { get; }

    /// <summary>Session actors in memory.</summary>
    public abstract int LiveActors { get; }

    /// <summary>Where its state is kept; empty where that is no folder.</summary>
    public virtual string DataFolder => "";

    /// <summary>Calls of a budget that may be lost on their way from a ledger, because a busy machine answers too late.</summary>
    internal virtual int MostLostToOverdueAnswers => 0;

    /// <summary>Session actors in memory, with those that have nothing behind them.</summary>
    internal abstract IEnumerable<Session> Live { get; }

    internal abstract Gates Gates { get; }

    internal abstract SignalCounter Signals { get; }

    internal abstract Catalogue Catalogue { get; }

    public static async Task<TestServer> StartAsync(TestServerOptions? options = null)
    {
        var server = Kind(options ?? new());
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Stops and starts again with the same state, as an operator does.</summary>
    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    /// <summary>Starts after a stop, with the same state and on the same port.</summary>
    public abstract Task StartAgainAsync();

    /// <summary>Stops and leaves the state for the test to look at.</summary>
    public abstract Task StopAsync();

    /// <summary>The audit, all lines.</summary>
    public abstract string ReadAudit();

    /// <summary>What is stored, except the audit, which grows by attempts on purpose: a name a row.</summary>
    public abstract IReadOnlyList<string> StateFiles();

    /// <summary>What a row holds.</summary>
    public abstract string ReadState(string row);

    public abstract ValueTask DisposeAsync();

    /// <summary>Lets time go by until every session has left memory, and none has ended.</summary>
    internal abstract Task SendToSleepAsync(FakeTimeProvider time);

    /// <summary>Sessions that were not used leave memory; those whose time is over end.</summary>
    internal abstract Task SweepAsync();

    /// <summary>Where the next client connects.</summary>
    private protected virtual Uri NextUrl() => Url;

    internal RawClient Client(string? key = TestConfiguration.Alice) => new(NextUrl(), key);

    internal ModernClient Modern(string? key = TestConfiguration.Alice) => new(NextUrl(), key);

    /// <summary>For a test on a server that others used before it.</summary>
    internal TestServer WithNewGates()
    {
        Gates.Clear();
        return this;
    }

    internal Uri At(string path) => new(Url, path);
}

/// <summary>What differs from the quick start.</summary>
public sealed class TestServerOptions
{
    /// <summary>A configuration file; null for the demo configuration with everything permitted.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>A configuration instead of a file.</summary>
    public ServerConfiguration? Configuration { get; init; }

    /// <summary>A data folder to use and leave; null for a fresh one that is deleted at the end.</summary>
    public string? DataFolder { get; init; }

    /// <summary>A clock that the test moves.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>Anything else.</summary>
    public Action<WebApplicationBuilder>? Customise { get; init; }
}

/// <summary>One server for the tests of a class, with wide quotas.</summary>
public sealed class SharedServer : IAsyncLifetime
{
    public TestServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Server = await TestServer.StartAsync(new TestServerOptions { Configuration = TestConfiguration.With() });

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
