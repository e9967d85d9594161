using OrleansMcp.Storage.Sqlite.Database;

namespace OrleansMcp.Storage.Sqlite.Records;

/// <summary>
/// What all records of a namespace come to: the exclusive or of their checksums, in whatever order. A record that is missing, too much, or an
/// older one of the same key makes another digest.
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
