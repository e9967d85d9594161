namespace OrleansMcp.Storage;

/// <summary>
/// The digest of a set of rows: the exclusive or of their checksums (<see cref="RowChecksum"/>), independent of their order. A missing row, an
/// extra one, or an older one of the same key gives another digest.
/// </summary>
public static class RowDigest
{
    /// <summary>The digest of no row.</summary>
    public static byte[] None => new byte[RowChecksum.Length];

    /// <summary>Takes a row in, or out again.</summary>
    public static void Toggle(Span<byte> digest, ReadOnlySpan<byte> sum)
    {
        for (var i = 0; i < digest.Length && i < sum.Length; i++)
        {
            digest[i] ^= sum[i];
        }
    }
}
