using System.ComponentModel;
using System.Runtime.InteropServices;

namespace OrleansMcp.Storage.Sqlite.Folders;

/// <summary>Creates files and folders that no other user can open at any moment, and flushes a folder to make a rename durable.</summary>
internal static partial class PrivateFiles
{
    /// <summary>Creates a folder, mode 0700, unless it is there.</summary>
    public static void CreateFolder(string path)
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

    /// <summary>Creates a file, mode 0600.</summary>
    /// <exception cref="IOException">It is there already.</exception>
    public static FileStream Create(string path) => Open(path, FileMode.CreateNew, FileShare.None);

    /// <summary>Opens a file, and creates it with mode 0600 when it is missing.</summary>
    public static FileStream Open(string path, FileShare share) => Open(path, FileMode.OpenOrCreate, share);

    /// <summary>Makes creations, renames and deletions in a folder durable. POSIX wants the folder flushed; Windows journals them.</summary>
    public static void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = OpenDescriptor(path, flags: 0);
        if (descriptor < 0)
        {
            throw Failed(path);
        }

        var result = Sync(descriptor);
        var failure = result == 0 ? null : Failed(path);
        _ = Close(descriptor);
        if (failure is not null)
        {
            throw failure;
        }
    }

    /// <summary>Makes what a file holds durable.</summary>
    public static void FlushFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        file.Flush(flushToDisk: true);
    }

    private static FileStream Open(string path, FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }

    private static IOException Failed(string path) =>
        new($"The folder '{Path.GetFileName(path)}' could not be flushed to disk.", new Win32Exception(Marshal.GetLastPInvokeError()));

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDescriptor(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);
}
