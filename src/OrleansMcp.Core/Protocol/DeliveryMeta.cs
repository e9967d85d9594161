using System.Text.Json;

namespace OrleansMcp.Protocol;

/// <summary>The name that a client gives a request, in its <c>_meta</c>.</summary>
public static class DeliveryMeta
{
    /// <summary>A UUID by which the client names a request over all its repetitions.</summary>
    public const string Key = OwnMetaKeys.Delivery;

    /// <summary>
    /// The UUID that the client gave the request, so that a repetition by the client counts as the same delivery; null when there is none.
    /// </summary>
    internal static Guid? Of(McpMessage message) =>
        message.Params.ValueKind == JsonValueKind.Object && message.Params.TryGetProperty("_meta"u8, out var meta)
        && meta.ValueKind == JsonValueKind.Object && meta.TryGetProperty(Key, out var name)
        && name.ValueKind == JsonValueKind.String && name.TryGetGuid(out var given)
            ? given
            : null;
}
