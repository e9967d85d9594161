namespace OrleansMcp.Grains.Directory;

/// <summary>Keys of <c>_meta</c> that this engine understands.</summary>
public static class ClusterMeta
{
    /// <summary>A UUID that names a request over all its repetitions by the client.</summary>
    public const string Delivery = "orleansmcp/delivery";
}
