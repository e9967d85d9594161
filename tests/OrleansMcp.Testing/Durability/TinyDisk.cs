using System.ComponentModel;
using System.Diagnostics;
using OrleansMcp.Tests.Hosting;

namespace OrleansMcp.Tests.Durability;

/// <summary>A file system of one megabyte that a test can fill up. Needs the right to mount one; without it the test is skipped.</summary>
internal sealed class TinyDisk : IDisposable
{
    private readonly ScratchFolder _folder;

    private TinyDisk(ScratchFolder folder) => _folder = folder;

    public string Path => _folder.Path;

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    public static TinyDisk Mount()
    {
        var folder = new ScratchFolder();
        if (Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.Path))
        {
            return new TinyDisk(folder);
        }

        folder.Dispose();
        Assert.Skip("A file system cannot be mounted here.");
        return null!;
    }

    /// <summary>Writes until nothing fits any more.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
            {
                file.Write(new byte[4096]);
            }
        }
        catch (IOException)
        {
            // Full.
        }
    }

    public void Free() => File.Delete(Ballast);

    public void Dispose()
    {
        Run("umount", "-l", Path);
        _folder.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
