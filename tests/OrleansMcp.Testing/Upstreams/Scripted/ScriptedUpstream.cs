using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace OrleansMcp.Tests.Upstreams.Scripted;

/// <summary>Answers one message, or does not.</summary>
internal delegate Task Script(ScriptedCall call);

/// <summary>
/// An upstream server that behaves as a test says, method by method: <see cref="BadAnswers"/>, <see cref="BadStreams"/>, <see cref="BadLists"/>.
/// What no script was given for it answers decently (<see cref="DecentAnswers"/>), as a small server of its era with the tool <c>echo</c>.
/// </summary>
internal sealed class ScriptedUpstream : IAsyncDisposable
{
    private readonly LoopbackServer _server;
    private readonly ConcurrentDictionary<string, Script> _scripts;
    private readonly ConcurrentDictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private long _bytesSent;

    private ScriptedUpstream(UpstreamEra era)
    {
        Era = era;
        _scripts = new(DecentAnswers.Of(era), StringComparer.Ordinal);
        _server = new LoopbackServer(static _ => { }, application => application.Run(AnswerAsync));
    }

    public UpstreamEra Era { get; }

    /// <summary>Where MCP is spoken.</summary>
    public Uri Url => _server.At("/mcp");

    /// <summary>All that it was sent.</summary>
    public ReceivedRequests Requests { get; } = new();

    public ScriptedSessions Sessions { get; } = new();

    /// <summary>Connections that were ever opened to it.</summary>
    public int ConnectionsOpened => _server.ConnectionsOpened;

    public int ConnectionsOpen => _server.ConnectionsOpen;

    /// <summary>Bytes of bodies that were written and that the client, or the network between, took.</summary>
    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>Responses that the client sent, to requests of this server.</summary>
    public ConcurrentQueue<JsonNode> Responses { get; } = new();

    /// <summary>Comes before everything else, if it is there: no message is even looked at.</summary>
    public Script? Always { get; set; }

    public static async Task<ScriptedUpstream> StartAsync(UpstreamEra era)
    {
        var upstream = new ScriptedUpstream(era);
        await upstream._server.StartAsync();
        return upstream;
    }

    /// <summary>From now on a method is answered by a script: a JSON-RPC method, or <c>GET</c>, <c>DELETE</c>.</summary>
    public ScriptedUpstream On(string method, Script script)
    {
        _scripts[method] = script;
        return this;
    }

    /// <summary>Dies: cuts connections, forgets sessions, and refuses connections until it is started again.</summary>
    public Task StopAsync()
    {
        Sessions.Clear();
        return _server.StopAsync();
    }

    public Task StartAgainAsync() => _server.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    internal void Sent(int bytes) => Interlocked.Add(ref _bytesSent, bytes);

    private async Task AnswerAsync(HttpContext context)
    {
        var received = await ReceivedRequest.ReadAsync(context.Request, context.RequestAborted);
        Requests.Add(received);
        var call = ScriptedCall.Of(this, context, received);
        call.Number = _numbers.AddOrUpdate(call.Method, 1, static (_, number) => number + 1);
        try
        {
            await ScriptOf(call)(call);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException && context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone, or the script has hung up.
        }
    }

    private Script ScriptOf(ScriptedCall call)
    {
        if (Always is { } always)
        {
            return always;
        }

        if (call.Method == "response")
        {
            Responses.Enqueue(call.Message!.DeepClone());
            return DecentAnswers.Accepted;
        }

        return DecentAnswers.Objection(call)
            ?? _scripts.GetValueOrDefault(call.Method)
            ?? (call.Id is null ? DecentAnswers.Accepted : DecentAnswers.MethodNotFound);
    }
}
