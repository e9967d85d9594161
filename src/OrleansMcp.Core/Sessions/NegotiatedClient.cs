using System.Text.Json;
using ModelContextProtocol.Protocol;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions;

/// <summary>What <c>initialize</c> negotiated for all requests of a session (revision, client, capabilities), and the log level set since.</summary>
internal sealed class NegotiatedClient(CurrentRecord record)
{
    private Known? _known; // immutable and replaced in one write; threads that compute it at the same time get equal values

    /// <summary>The metadata of a request of this session; null where each request brings its own (2026-07-28).</summary>
    public RequestMeta? Meta
    {
        get
        {
            var current = record.Value;
            if (current.ProtocolVersion is not { } version)
            {
                return null;
            }

            var known = Volatile.Read(ref _known);
            if (known is null || known.Level != current.LogLevel)
            {
                var former = known?.Meta;
                var level = current.LogLevel is { } name ? JsonSerializer.Deserialize($"\"{name}\"", Wire.Type<LoggingLevel>()) : (LoggingLevel?)null;
                known = new Known(current.LogLevel, new RequestMeta(
                    version,
                    former?.ClientInfo ?? (current.ClientInfo is { } info ? Wire.Read<Implementation>(info) : null),
                    former?.Capabilities ?? (current.ClientCapabilities is { } capabilities ? RequestMeta.Declared(capabilities) : new()),
                    level) { IsNegotiated = true });
                Volatile.Write(ref _known, known);
            }

            return known.Meta;
        }
    }

    private sealed record Known(string? Level, RequestMeta Meta);
}
