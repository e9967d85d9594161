using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace OrleansMcp.Drill.Upstreams;

/// <summary>
/// Another MCP server, on a free port of the loopback address, which the server under the drill has its sessions use: as much of Streamable HTTP with
/// sessions (2025-11-25) as that takes. It tells each of its sessions from the others, and which of them answered.
/// </summary>
internal sealed class DrillUpstream : IAsyncDisposable
{
    /// <summary>Its name in the configuration of the server under the drill.</summary>
    public const string Name = "drill";

    /// <summary>The tool that returns its text, after progress that says it too.</summary>
    public const string Echo = "echo";

    /// <summary>The tool that counts its calls in the session.</summary>
    public const string Count = "count";

    private const string SessionHeader = "Mcp-Session-Id";

    // What is closed late is closed by then.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<string, UpstreamSession> _sessions = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    private DrillUpstream()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Where MCP is spoken.</summary>
    public Uri Url => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<DrillUpstream> StartAsync(CancellationToken cancellationToken)
    {
        var upstream = new DrillUpstream();
        await upstream._app.StartAsync(cancellationToken);
        return upstream;
    }

    /// <summary>Waits until no session is open, for a while. Returns the names of those that are.</summary>
    public async Task<IReadOnlyList<string>> LeftAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        for (var began = time.GetTimestamp(); !_sessions.IsEmpty && time.GetElapsedTime(began) < s_patience;)
        {
            await Task.Delay(s_step, time, cancellationToken);
        }

        return [.. _sessions.Values.Select(session => session.Name)];
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private Task AnswerAsync(HttpContext context) => context.Request.Method switch
    {
        "POST" => PostAsync(context),
        "DELETE" => SendAsync(context, _sessions.TryRemove(SessionOf(context), out _) ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound),
        _ => SendAsync(context, StatusCodes.Status405MethodNotAllowed),
    };

    private async Task PostAsync(HttpContext context)
    {
        var message = (JsonObject)(await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted))!;
        if ((string?)message["method"] == "initialize")
        {
            var id = RandomNumberGenerator.GetHexString(32);
            _sessions[id] = new();
            context.Response.Headers[SessionHeader] = id;
            await UpstreamAnswer.ResultAsync(context, message, UpstreamAnswer.Greeting);
        }
        else if (SessionOf(context) is not { Length: > 0 } id)
        {
            await SendAsync(context, StatusCodes.Status400BadRequest); // A request without a session is one of a revision that is not spoken here.
        }
        else if (!_sessions.TryGetValue(id, out var session))
        {
            await SendAsync(context, StatusCodes.Status404NotFound);
        }
        else if (message["id"] is null)
        {
            await SendAsync(context, StatusCodes.Status202Accepted);
        }
        else
        {
            await UpstreamAnswer.OfAsync(context, message, session);
        }
    }

    private static string SessionOf(HttpContext context) => context.Request.Headers[SessionHeader].ToString();

    private static Task SendAsync(HttpContext context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }
}
