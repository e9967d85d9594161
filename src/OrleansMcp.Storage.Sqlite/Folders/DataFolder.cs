namespace OrleansMcp.Storage.Sqlite.Folders;

/// <summary>The data folder is in use by another server.</summary>
public sealed class DataFolderLockedException(string path)
    : IOException($"The data folder '{path}' is in use by another server. Stop it, or choose another folder with --data.");

/// <summary>
/// The data folder: only its owner enters it, because the database holds the keys that sign session ids; on a disk of this machine, because
/// SQLite's locks and its shared memory do not work over a network; held by one server at a time.
/// </summary>
internal sealed class DataFolder : IDisposable
{
    private const string LockFile = "lock";
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    private static readonly string[] s_formerFolders = ["sessions", "ledgers", "records", "audit", "keys"];

    private readonly FileStream _held;

    private DataFolder(string root, FileStream held) => (Root, _held) = (root, held);

    public string Root { get; }

    /// <summary>The database file.</summary>
    public string Database => DatabaseOf(Root);

    public static string DatabaseOf(string root) => Path.Combine(root, "orleansmcp.db");

    /// <summary>Makes the folder if it is missing, and holds it until disposed.</summary>
    /// <exception cref="DataFolderLockedException">Another server holds it.</exception>
    /// <exception cref="IOException">It cannot be used, and the message says why.</exception>
    public static DataFolder Hold(string path) => Hold(path, FileSystems.NetworkNameOf);

    /// <param name="path">The folder.</param>
    /// <param name="networkNameOf">What kind of network file system a folder is on; null when it is on none.</param>
    internal static DataFolder Hold(string path, Func<string, string?> networkNameOf)
    {
        var root = Path.GetFullPath(path);
        try
        {
            PrivateFiles.CreateFolder(root);
            if (networkNameOf(root) is { } name)
            {
                throw new IOException($"The data folder '{root}' is on a network file system ({name}), where a database is not safe. Choose a folder on a disk of this machine with --data.");
            }

            RefuseFormerVersion(root);
            KeepOthersOut(root);
            return new DataFolder(root, Lock(root));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"The data folder '{root}' cannot be used: {e.Message}", e);
        }
    }

    /// <summary>Makes the database file, empty, unless it is there. Its journals take their mode from it.</summary>
    public void CreateDatabaseFile()
    {
        if (!File.Exists(Database))
        {
            PrivateFiles.Create(Database).Dispose();
            PrivateFiles.FlushFolder(Root);
        }
        else if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Database, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    public void Dispose() => _held.Dispose();

    private static FileStream Lock(string root)
    {
        try
        {
            // On POSIX systems the runtime takes an advisory lock, which the kernel drops with the process, however it dies.
            return PrivateFiles.Open(Path.Combine(root, LockFile), FileShare.None);
        }
        catch (IOException e) when (e.HResult is LinuxWouldBlock or MacWouldBlock or WindowsSharingViolation)
        {
            throw new DataFolderLockedException(root);
        }
    }

    private static void RefuseFormerVersion(string root)
    {
        if (!File.Exists(DatabaseOf(root)) && Array.Find(s_formerFolders, name => Directory.Exists(Path.Combine(root, name))) is { } former)
        {
            throw new IOException(
                $"The data folder '{root}' was written by version 0.1, which kept files (there is a folder '{former}'); this version keeps a database and cannot read them. Choose another folder with --data.");
        }
    }

    /// <summary>A folder of ours, or an empty one, is closed to others. One that holds something else was meant for something else.</summary>
    private static void KeepOthersOut(string root)
    {
        if (OperatingSystem.IsWindows() || (File.GetUnixFileMode(root) & Others) == UnixFileMode.None)
        {
            return;
        }

        if (!File.Exists(DatabaseOf(root)) && Directory.EnumerateFileSystemEntries(root).Any())
        {
            throw new IOException($"The data folder '{root}' holds other files, and other users may enter it. Choose an empty folder with --data, or close this one: chmod 700.");
        }

        File.SetUnixFileMode(root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
