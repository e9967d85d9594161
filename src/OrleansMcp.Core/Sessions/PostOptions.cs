using OrleansMcp.Secrets.Callers;

namespace OrleansMcp.Sessions;

/// <summary>What the transport knows about a posted message beside its bytes.</summary>
/// <param name="AcceptsStream">Whether the client can read <c>text/event-stream</c> in answer.</param>
/// <param name="ProtocolVersion">The <c>MCP-Protocol-Version</c> header, or null when absent.</param>
/// <param name="IsHandle">True when the message reaches a session through an explicit handle (2026-07-28).</param>
/// <param name="Delivery">Names the message over all deliveries of it.</param>
/// <param name="Refusal">The quota that a batch is over: what of it may be refused is refused.</param>
public readonly record struct PostOptions(
    bool AcceptsStream, string? ProtocolVersion = null, bool IsHandle = false, DeliveryName Delivery = default, QuotaRefusal? Refusal = null)
{
    /// <summary>The token of the caller, where one of the configured servers wants it exchanged. Whoever made it disposes of it; calls hold it for themselves.</summary>
    public CallerToken? Token { get; init; }

    /// <summary>The same on its way to another process, where it replaces <see cref="Token"/>.</summary>
    internal byte[]? SealedToken { get; init; }
}
