using System.Globalization;
using OrleansMcp.Configuration;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Clients;

/// <summary>A server behind a network that breaks, for one client of <see cref="Key"/>: what happens to both while it is used.</summary>
internal sealed class ClientLab : IAsyncDisposable
{
    public const string Key = TestConfiguration.Alice;

    // A script asks or ends within this time; checks.mjs waits for less.
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(2);

    private readonly TestServer _server;
    private readonly NetworkLink _network;

    private ClientLab(TestServer server) => (_server, _network) = (server, new NetworkLink(server.Url));

    /// <summary>Where the client connects.</summary>
    public Uri Url => _network.Url;

    public static async Task<ClientLab> StartAsync()
    {
        var sessions = new SessionConfiguration { PassivateAfter = TimeSpan.FromSeconds(1) };
        var endpoint = new EndpointConfiguration { ReconnectAfter = TimeSpan.FromMilliseconds(50) }; // Clients wait for nothing but the server.
        return new ClientLab(await TestServer.StartAsync(new TestServerOptions { Configuration = TestConfiguration.With(sessions, endpoint) }));
    }

    /// <summary>Runs the script of a client and answers what it asks (checks.mjs). It ends well when all its checks passed.</summary>
    public async Task RunAsync(string script, params string[] arguments)
    {
        await using var client = NodePackages.Start(script, [Url.ToString(), Key, .. arguments], hasInput: true);
        while (await client.ReadLineAsync(s_deadline) is { } line)
        {
            if (line.StartsWith("? ", StringComparison.Ordinal))
            {
                await client.WriteLineAsync(await AnswerAsync(line[2..]));
            }
        }

        var result = (await client.EndAsync(s_deadline)).ExpectSuccess();
        Assert.EndsWith("all checks passed", result.Output.TrimEnd());
    }

    /// <summary>Waits until a call runs.</summary>
    public Task CallRunsAsync() => Eventually.Holds(() => RunningCalls > 0, "a call ran");

    /// <summary>Waits until no call runs.</summary>
    public Task NoCallRunsAsync() => Eventually.Holds(() => RunningCalls == 0, "no call ran any more");

    /// <summary>Cuts the client off until its session has left memory.</summary>
    public async Task NapAsync()
    {
        _network.Cut();
        await Eventually.Holds(
            async () =>
            {
                await _server.SweepAsync();
                return _server.LiveActors == 0;
            },
            "the session left memory");
        _network.Mend();
    }

    /// <summary>Stops the server and starts it again on the same data. Connections are refused meanwhile.</summary>
    public Task RestartAsync() => _server.RestartAsync();

    /// <summary>The same behind a proxy that lets connections wait, for a client that soon gives up.</summary>
    public async Task RestartHeldAsync()
    {
        _network.Hold();
        await _server.RestartAsync();
        _network.Release();
    }

    /// <summary>How many sessions the client has, in memory or not.</summary>
    public long CountSessions() => StoredRows.CountSessions(_server.DataFolder, "key LIKE 'acme_s-%'");

    public async ValueTask DisposeAsync()
    {
        await _network.DisposeAsync();
        await _server.DisposeAsync();
    }

    /// <summary>Sessions with a call that runs; a client makes no two at a time here.</summary>
    private int RunningCalls => _server.Live.Count(session => session.RunsCallBegunBy(long.MaxValue));

    private async Task<string> AnswerAsync(string question)
    {
        switch (question)
        {
            case "running":
                await CallRunsAsync();
                break;
            case "idle":
                await NoCallRunsAsync();
                break;
            case "nap":
                await NapAsync();
                break;
            case "restart":
                await RestartAsync();
                break;
            case "restart held":
                await RestartHeldAsync();
                break;
            case "calls":
                return RunningCalls.ToString(CultureInfo.InvariantCulture);
            case "sessions":
                return CountSessions().ToString(CultureInfo.InvariantCulture);
            default:
                throw new InvalidOperationException($"A script asks for '{question}'.");
        }

        return "done";
    }
}
