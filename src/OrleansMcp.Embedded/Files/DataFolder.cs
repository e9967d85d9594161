using System.Security.Cryptography;

namespace OrleansMcp.Embedded.Files;

/// <summary>The data folder is in use by another server.</summary>
public sealed class DataFolderLockedException(string path)
    : IOException($"The data folder '{path}' is in use by another server. Stop it, or choose another folder with --data.");

/// <summary>The data folder: its layout, the lock against a second server, and the key that signs session ids.</summary>
internal sealed class DataFolder : IDisposable
{
    private const int Shards = 256;
    private const int KeyBytes = 32;

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

    /// <summary>The key that signs session ids, made on the first start. Without it, ids of former lives are worthless.</summary>
    public byte[] SessionIdKey(Disk disk)
    {
        var keys = Path.Combine(Root, "keys");
        var path = Path.Combine(keys, "session-id.key");
        CreatePrivate(keys);
        if (!File.Exists(path))
        {
            var temporary = path + ".tmp";
            File.Delete(temporary);
            disk.WriteNew(temporary, RandomNumberGenerator.GetBytes(KeyBytes));
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(temporary, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }

            disk.Rename(temporary, path);
            disk.FlushFolder(keys);
        }

        var key = File.ReadAllBytes(path);
        return key.Length == KeyBytes
            ? key
            : throw new InvalidDataException($"The key file '{path}' does not hold {KeyBytes} bytes. Restore it, or remove it to invalidate all session ids.");
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

    /// <summary>Creates a folder that only this user can enter.</summary>
    public static void CreatePrivate(string path)
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
