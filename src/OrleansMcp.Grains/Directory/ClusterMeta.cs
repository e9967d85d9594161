using System.Text.Json;
using OrleansMcp.Protocol;

namespace OrleansMcp.Grains.Directory;

/// <summary>Keys of <c>_meta</c> that this engine understands.</summary>
public static class ClusterMeta
{
    /// <summary>A UUID that names a request over all its repetitions by the client.</summary>
    public const string Delivery = "orleansmcp/delivery";

    /// <summary>
    /// The name that the client gave a request, so that a repetition of its own accord counts as the same delivery (a UUID); null when it
    /// gave none, or something else.
    /// </summary>
    internal static Guid? DeliveryOf(McpMessage message) =>
        message.Params.ValueKind == JsonValueKind.Object && message.Params.TryGetProperty("_meta"u8, out var meta)
        && meta.ValueKind == JsonValueKind.Object && meta.TryGetProperty(Delivery, out var name)
        && name.ValueKind == JsonValueKind.String && name.TryGetGuid(out var given)
            ? given
            : null;
}
