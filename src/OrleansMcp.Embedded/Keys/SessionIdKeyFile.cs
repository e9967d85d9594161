using OrleansMcp.Embedded.Files;
using OrleansMcp.Sessions.Keys;

namespace OrleansMcp.Embedded.Keys;

/// <summary>
/// The file of the keys that sign session ids. It is replaced as a whole: written aside, flushed, renamed, so that a reader, and whoever
/// comes after a kill, finds the former keys or the next ones. A server that runs on the folder keeps its lock; changes have one of their own.
/// </summary>
internal sealed class SessionIdKeyFile(string root, Disk disk)
{
    private readonly string _folder = Path.Combine(root, "keys");

    public string FullPath => Path.Combine(_folder, "session-id.key");

    /// <summary>The keys; made on the first start. Without them, ids of former lives are worthless.</summary>
    /// <exception cref="SessionIdKeyException">The file is damaged.</exception>
    public SessionIdKeys ReadOrCreate()
    {
        DataFolder.CreatePrivate(_folder);
        if (File.Exists(FullPath))
        {
            return Read();
        }

        using (Hold())
        {
            return Write(SessionIdKeys.New());
        }
    }

    /// <exception cref="SessionIdKeyException">There is no such file, or it is damaged.</exception>
    public SessionIdKeys Read()
    {
        try
        {
            using var file = new FileStream(FullPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var bytes = new byte[SessionIdKeys.MaxBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return SessionIdKeys.OfBytes(bytes.AsSpan(0, length)) ?? throw new SessionIdKeyException(
                $"The key file '{FullPath}' is damaged: it does not hold keys of session ids. Restore it, or remove it to invalidate all session ids.");
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SessionIdKeyException($"There are no keys of session ids in '{root}': a server makes them when it first starts on a folder.");
        }
    }

    /// <summary>Puts a new key before the others, which go on verifying.</summary>
    /// <exception cref="SessionIdKeyException">There is no such file, it is damaged, or another change is under way.</exception>
    public SessionIdKeys Rotate() => Change(keys => keys.Rotated(root));

    /// <summary>Removes all keys but the newest.</summary>
    /// <exception cref="SessionIdKeyException">There is no such file, it is damaged, it holds one key, or another change is under way.</exception>
    public SessionIdKeys Retire() => Change(keys => keys.WithoutFormer(root));

    private SessionIdKeys Change(Func<SessionIdKeys, SessionIdKeys> change)
    {
        _ = Read(); // a folder that has no keys gets no lock file either
        using (Hold())
        {
            return Write(change(Read()));
        }
    }

    private SessionIdKeys Write(SessionIdKeys keys)
    {
        var aside = FullPath + ".tmp";
        disk.Delete(aside); // left by a change that was killed
        disk.WriteNewPrivate(aside, keys.ToBytes());
        disk.Rename(aside, FullPath);
        disk.FlushFolder(_folder);
        return keys;
    }

    private FileStream Hold()
    {
        try
        {
            // Dropped by the kernel with the process, however it dies.
            return new FileStream(Path.Combine(_folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or PathTooLongException))
        {
            throw new SessionIdKeyException($"The keys in '{root}' are being changed by somebody else. Try again.");
        }
    }
}
