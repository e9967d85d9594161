using OrleansMcp.Storage.Sqlite.Folders;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>
/// Space that is set aside beside the database, so that sessions can be ended on a full disk: to delete a row takes space too, in the
/// journal. While it is not there, nothing is written that would take more. One thread at a time.
/// </summary>
internal sealed class DiskReserve(string database)
{
    private const int Bytes = 256 * 1024;

    private readonly string _file = database + ".reserve";
    private bool _isHeld;

    /// <summary>Whether it is there; sets it aside if it is not and the disk has room.</summary>
    public bool TryHold() => _isHeld || (_isHeld = Exists() || TryCreate());

    /// <summary>Gives it to whoever writes next.</summary>
    public void Release()
    {
        _isHeld = false;
        File.Delete(_file);
    }

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

    // What was set aside in part would be missed by whoever frees the disk.
    private void TryDelete()
    {
        try
        {
            File.Delete(_file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then nothing can be deleted here anyway.
        }
    }
}
