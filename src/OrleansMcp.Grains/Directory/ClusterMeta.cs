using System.Text.Json;
using OrleansMcp.Protocol;

namespace OrleansMcp.Grains.Directory;

/// <summary>Keys of <c>_meta</c> that this engine understands.</summary>
public static class ClusterMeta
{
    /// <summary>A UUID by which the client names a request over all its repetitions.</summary>
    public const string Delivery = OwnMetaKeys.Delivery;

    /// <summary>
    /// The UUID that the client gave the request, so that a repetition by the client counts as the same delivery; null when there is none.
    /// </summary>
    internal static Guid? DeliveryOf(McpMessage message) =>
        message.Params.ValueKind == JsonValueKind.Object && message.Params.TryGetProperty("_meta"u8, out var meta)
        && meta.ValueKind == JsonValueKind.Object && meta.TryGetProperty(Delivery, out var name)
        && name.ValueKind == JsonValueKind.String && name.TryGetGuid(out var given)
            ? given
            : null;
}
