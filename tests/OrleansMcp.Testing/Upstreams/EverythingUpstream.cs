using System.Globalization;
using OrleansMcp.Tests.Clients;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Upstreams;

/// <summary>
/// The reference server of the protocol's makers, <c>@modelcontextprotocol/server-everything</c>, as a process of its own that ends with the
/// test process at the latest. It speaks the revisions up to 2025-11-25, over Streamable HTTP.
/// <list type="bullet">
/// <item>Tools: <c>echo</c> (message), <c>get-annotated-message</c> (messageType), <c>get-env</c> (nothing but its port), <c>get-resource-links</c>
/// (count), <c>get-resource-reference</c> (resourceType Text or Blob, resourceId), <c>get-structured-content</c> (location: New York, Chicago, Los
/// Angeles), <c>get-sum</c> (a, b), <c>get-tiny-image</c>, <c>gzip-file-as-resource</c> (name, data: a URL), <c>toggle-simulated-logging</c>,
/// <c>toggle-subscriber-updates</c>, <c>trigger-long-running-operation</c> (duration in seconds, steps; progress).</item>
/// <item>Tools from <c>notifications/initialized</c> on, for clients that can: <c>get-roots-list</c> (roots), <c>trigger-elicitation-request</c>,
/// <c>trigger-url-elicitation</c> (url, message; elicitation.url), <c>trigger-sampling-request</c> (prompt, maxTokens; sampling),
/// <c>simulate-research-query</c> (only as a task), and two more for clients that run tasks themselves.</item>
/// <item>Resources: <c>demo://resource/static/document/{architecture,extension,features,how-it-works,instructions,startup,structure}.md</c>; templates
/// <c>demo://resource/dynamic/text/{resourceId}</c> and <c>.../blob/{resourceId}</c> with completions; subscriptions.</item>
/// <item>Prompts: <c>simple-prompt</c>, <c>args-prompt</c> (city, state), <c>completable-prompt</c> (department, name; completions),
/// <c>resource-prompt</c> (resourceType, resourceId).</item>
/// </list>
/// </summary>
internal sealed class EverythingUpstream : IAsyncDisposable
{
    private const string Port = "port ";
    private const string Opened = "Session initialized with ID:";
    private const string Closed = "Transport closed for session";

    private readonly ChildProcess _process;
    private readonly Task _reading;
    private readonly TaskCompletionSource<int> _port = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _opened;
    private int _closed;

    private EverythingUpstream(ChildProcess process) => (_process, _reading) = (process, ReadAsync(process));

    /// <summary>Where MCP is spoken.</summary>
    public Uri Url { get; private set; } = null!;

    public int SessionsOpened => Volatile.Read(ref _opened);

    public int SessionsOpen => SessionsOpened - Volatile.Read(ref _closed);

    public static async Task<EverythingUpstream> StartAsync()
    {
        var folder = Path.Combine(Repository.Root, "tests", "upstreams");
        Assert.True(Directory.Exists(Path.Combine(folder, "node_modules")), $"{folder} has no packages: a build of the tests installs them.");
        var upstream = new EverythingUpstream(NodePackages.Start(Path.Combine(folder, "everything.mjs"), [], hasInput: true));
        try
        {
            upstream.Url = new Uri($"http://127.0.0.1:{await upstream._port.Task.InTime("the everything server listened")}/mcp");
        }
        catch
        {
            await upstream.DisposeAsync();
            throw;
        }

        return upstream;
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        await _reading.InTime("the output of the everything server ended");
    }

    // It says on its output where it listens, and which sessions begin and end.
    private async Task ReadAsync(ChildProcess process)
    {
        while (await process.ReadLineAsync(Timeout.InfiniteTimeSpan) is { } line)
        {
            if (line.StartsWith(Port, StringComparison.Ordinal))
            {
                _port.TrySetResult(int.Parse(line.AsSpan(Port.Length), CultureInfo.InvariantCulture));
            }
            else if (line.StartsWith(Opened, StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _opened);
            }
            else if (line.StartsWith(Closed, StringComparison.Ordinal))
            {
                Interlocked.Increment(ref _closed);
            }
        }

        _port.TrySetException(new InvalidOperationException("The everything server ended before it listened."));
    }
}
