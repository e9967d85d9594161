using OrleansMcp.Storage.Sqlite.Folders;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>
/// A file beside the database that reserves disk space, so that sessions can be ended on a full disk: deleting a row needs space in the
/// journal. While the file cannot be created, only units that free space are written. Used by one thread at a time.
/// </summary>
internal sealed class DiskReserve(string database)
{
    private const int Bytes = 256 * 1024;

    private readonly string _file = FileOf(database);
    private bool _isHeld;

    /// <summary>Whether a server has reserved space beside this database.</summary>
    public static bool IsBeside(string database) => File.Exists(FileOf(database));

    /// <summary>Whether the file exists; creates it if the disk has room.</summary>
    public bool TryHold() => _isHeld || (_isHeld = Exists() || TryCreate());

    /// <summary>Deletes the file, so that the next write can use its space.</summary>
    public void Release()
    {
        _isHeld = false;
        File.Delete(_file);
    }

    private static string FileOf(string database) => database + ".reserve";

    private bool Exists() => new FileInfo(_file) is { Exists: true, Length: Bytes };

    private bool TryCreate()
    {
        try
        {
            using var file = PrivateFiles.Open(_file, FileShare.None);
            file.Write(new byte[Bytes]);
            file.Flush(flushToDisk: true);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            TryDelete();
            return false;
        }
    }

    // A file of partial size would only use up space.
    private void TryDelete()
    {
        try
        {
            File.Delete(_file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // No file can be deleted in this folder.
        }
    }
}
