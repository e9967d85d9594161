using System.Text.Json;
using OrleansMcp.Authorization;
using OrleansMcp.Protocol;
using OrleansMcp.Sessions.Calls;

namespace OrleansMcp.Sessions;

/// <summary>The params of <c>initialize</c>, and the negotiated revision.</summary>
/// <param name="Version">
/// The client's revision if it is served with sessions, otherwise the newest one that is (lifecycle, Version Negotiation).
/// </param>
/// <param name="ClientInfo">As sent, detached from the request's bytes.</param>
/// <param name="Capabilities">As sent, detached from the request's bytes.</param>
/// <param name="Permissions">The permissions that the client asks for; null: all it may have.</param>
internal sealed record Handshake(string Version, JsonElement? ClientInfo, JsonElement Capabilities, PermissionSet? Permissions)
{
    private const int MaxBytes = 16 * 1024;

    public static bool TryRead(McpMessage initialize, out Handshake handshake, out string error)
    {
        handshake = null!;
        var parameters = initialize.Params;
        if (parameters.ValueKind != JsonValueKind.Object
            || !parameters.TryGetProperty("protocolVersion"u8, out var version) || version.ValueKind != JsonValueKind.String
            || !parameters.TryGetProperty("capabilities"u8, out var capabilities) || capabilities.ValueKind != JsonValueKind.Object)
        {
            error = "initialize needs the params protocolVersion (a string) and capabilities (an object).";
            return false;
        }

        JsonElement? info = parameters.TryGetProperty("clientInfo"u8, out var client) ? client : null;
        if (capabilities.GetRawText().Length > MaxBytes || info?.GetRawText().Length > MaxBytes)
        {
            error = $"clientInfo and capabilities may take {MaxBytes} bytes each.";
            return false;
        }

        try
        {
            // Parsed here so that a record never holds values that a later activation could not parse.
            _ = RequestMeta.Declared(capabilities);
            _ = info is { } value ? Wire.Read<ModelContextProtocol.Protocol.Implementation>(value) : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            error = "clientInfo or capabilities of initialize is not of the protocol's form.";
            return false;
        }

        if (!PermissionMeta.TryRead(initialize, out var permissions, out error))
        {
            return false;
        }

        var asked = version.GetString();
        handshake = new Handshake(
            ProtocolVersions.HasSessions(asked) ? asked! : ProtocolVersions.WithSessions[0], info?.Clone(), capabilities.Clone(), permissions);
        error = "";
        return true;
    }
}
