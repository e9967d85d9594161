namespace OrleansMcp.Embedded.Files;

/// <summary>The data folder is in use by another server.</summary>
public sealed class DataFolderLockedException(string path)
    : IOException($"The data folder '{path}' is in use by another server. Stop it, or choose another folder with --data.");

/// <summary>The data folder: its layout, and the lock against a second server.</summary>
internal sealed class DataFolder : IDisposable
{
    private const int Shards = 256;

    private readonly FileStream _lock;

    private DataFolder(string root, FileStream held)
    {
        Root = root;
        _lock = held;
        Sessions = Path.Combine(root, "sessions");
        Lost = Path.Combine(root, "lost");
        Audit = Path.Combine(root, "audit");
        Ledgers = Path.Combine(root, "ledgers");
        Records = Path.Combine(root, "records");
    }

    public string Root { get; }

    public string Sessions { get; }

    public string Lost { get; }

    public string Audit { get; }

    public string Ledgers { get; }

    public string Records { get; }

    /// <summary>Opens the folder, creating what is missing, and holds it until disposed.</summary>
    /// <exception cref="DataFolderLockedException">Another server holds it.</exception>
    public static DataFolder Open(string path)
    {
        var root = Path.GetFullPath(path);
        CreatePrivate(root);
        var folder = new DataFolder(root, Hold(root));
        CreatePrivate(folder.Lost);
        CreatePrivate(folder.Audit);
        CreatePrivate(folder.Ledgers);
        CreatePrivate(folder.Records);
        for (var shard = 0; shard < Shards; shard++)
        {
            CreatePrivate(Path.Combine(folder.Sessions, shard.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
        }

        return folder;
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Hold(string root)
    {
        try
        {
            // On POSIX systems the runtime takes an advisory lock, which the kernel drops with the process, however it dies.
            return new FileStream(Path.Combine(root, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new DataFolderLockedException(root);
        }
    }

    /// <summary>Creates a folder that only this user may enter.</summary>
    internal static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
