using OrleansMcp.Storage.Sqlite.Folders;

namespace OrleansMcp.Storage.Sqlite.Database;

/// <summary>
/// The file of the <see cref="CommitMark"/>, written after each commit and not flushed, which would cost what the commit itself does. A killed
/// process leaves it exact; after a power failure it may be older than the database, and then accuses nobody.
/// </summary>
internal sealed class CommitMarkFile : IDisposable
{
    private readonly FileStream _file;

    private CommitMarkFile(FileStream file) => _file = file;

    /// <summary>Opens the file, makes it when it is missing, and makes it durable as it is now.</summary>
    public static CommitMarkFile Open(string database, CommitMark mark)
    {
        var path = CommitMark.FileOf(database);
        var isNew = !File.Exists(path);
        var file = PrivateFiles.Open(path, FileShare.ReadWrite | FileShare.Delete);
        try
        {
            RandomAccess.Write(file.SafeFileHandle, mark.ToBytes(), fileOffset: 0);
            file.Flush(flushToDisk: true);
            if (isNew)
            {
                PrivateFiles.FlushFolder(Path.GetDirectoryName(path)!);
            }

            return new CommitMarkFile(file);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Notes a commit that is durable.</summary>
    public void Write(CommitMark mark)
    {
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, mark.ToBytes(), fileOffset: 0);
        }
        catch (IOException)
        {
            // The commit has happened, and is acknowledged. The former mark stays, which accuses nobody.
        }
    }

    public void Dispose() => _file.Dispose();
}
