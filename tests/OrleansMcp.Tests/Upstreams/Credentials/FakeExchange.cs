using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Secrets.Callers;
using OrleansMcp.Upstreams;

namespace OrleansMcp.Tests.Upstreams.Credentials;

/// <summary>A request of a client, with a token or without.</summary>
internal sealed class FakeExchange(string? token = null) : IUpstreamExchange
{
    private long _charged;
    private int _checked;

    public ClientCapabilities Capabilities { get; } = new();

    public ClientCapabilities SessionCapabilities => Capabilities;

    public LoggingLevel? LogLevel => null;

    public LoggingLevel? SessionLogLevel => null;

    public JsonElement Meta => default;

    public bool WantsProgress => false;

    public CallerToken? CallerToken { get; } = token is null ? null : CallerToken.Of(token);

    /// <summary>Bytes that were charged.</summary>
    public long Charged => Volatile.Read(ref _charged);

    /// <summary>How often was asked whether the session may send more.</summary>
    public int Checked => Volatile.Read(ref _checked);

    public ValueTask PrepareSecretsAsync(CancellationToken cancellationToken) => default;

    public ValueTask NotifyAsync(string method, JsonElement parameters, CancellationToken cancellationToken) => default;

    public ValueTask<JsonElement> AskAsync(string method, JsonElement parameters, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _checked);
        return default;
    }

    public void Charge(long bytes) => Interlocked.Add(ref _charged, bytes);

    public void Hold(long bytes)
    {
    }
}
