using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace OrleansMcp.Embedded.Files;

/// <summary>The few operations that durability rests on. Replaced in tests by one that fails where it is told to.</summary>
internal class Disk
{
    public virtual void WriteNew(string path, ReadOnlySpan<byte> content)
    {
        using var handle = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, content.Length);
        RandomAccess.Write(handle, content, fileOffset: 0);
        RandomAccess.FlushToDisk(handle);
    }

    /// <summary>The same, and at no moment can anybody else read it.</summary>
    public virtual void WriteNewPrivate(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Writes at the end of a file and flushes it.</summary>
    public virtual void Append(SafeFileHandle file, ReadOnlySpan<byte> content, long end)
    {
        RandomAccess.Write(file, content, end);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Cuts a file back to what it was.</summary>
    public virtual void Cut(SafeFileHandle file, long length)
    {
        RandomAccess.SetLength(file, length);
        RandomAccess.FlushToDisk(file);
    }

    /// <summary>Writes at <paramref name="offset"/>, the end of what counts: whatever an attempt that failed left behind it is cut off.</summary>
    public virtual void Append(string path, long offset, ReadOnlySpan<byte> content)
    {
        using var handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read);
        if (RandomAccess.GetLength(handle) != offset)
        {
            RandomAccess.SetLength(handle, offset);
        }

        RandomAccess.Write(handle, content, offset);
        RandomAccess.FlushToDisk(handle);
    }

    public virtual void Rename(string from, string to) => File.Move(from, to, overwrite: true);

    public virtual void Delete(string path) => File.Delete(path);

    /// <summary>
    /// Makes renames and deletions in a folder durable. POSIX wants the folder itself flushed; .NET opens no folders, so libc does. Windows
    /// journals them.
    /// </summary>
    public virtual void FlushFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Native.Open(path, Native.ReadOnly);
        if (descriptor < 0)
        {
            throw Failed(path);
        }

        try
        {
            if (Native.Sync(descriptor) != 0)
            {
                throw Failed(path);
            }
        }
        finally
        {
            _ = Native.Close(descriptor);
        }
    }

    private static IOException Failed(string path) =>
        new($"The folder '{Path.GetFileName(path)}' could not be flushed to disk.", new Win32Exception(Marshal.GetLastPInvokeError()));
}

internal static partial class Native
{
    public const int ReadOnly = 0;

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);
}
