using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Records;

/// <summary>
/// The digest of all records of a namespace: the exclusive or of their checksums, independent of their order. A missing record, an extra
/// one, or an older one of the same key gives another digest.
/// </summary>
internal static class RecordDigest
{
    /// <summary>The digest of no record.</summary>
    public static byte[] None => new byte[RowChecksum.Length];

    /// <summary>Takes a record in, or out again.</summary>
    public static void Toggle(Span<byte> digest, ReadOnlySpan<byte> sum)
    {
        for (var i = 0; i < digest.Length && i < sum.Length; i++)
        {
            digest[i] ^= sum[i];
        }
    }
}
