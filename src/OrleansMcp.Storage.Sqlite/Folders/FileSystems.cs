using System.Runtime.InteropServices;

namespace OrleansMcp.Storage.Sqlite.Folders;

/// <summary>Tells folders on network file systems. One that hides behind FUSE is not told apart from those of this machine.</summary>
internal static partial class FileSystems
{
    private const int StatfsBytes = 256; // more than any architecture's struct

    private static readonly string[] s_networkNames = ["nfs", "nfs4", "smb", "smbfs", "cifs", "afp", "afpfs", "webdav", "9p", "ceph", "lustre"];

    /// <summary>The name of the network file system that a folder is on; null when it is on none.</summary>
    public static string? NetworkNameOf(string folder) =>
        OperatingSystem.IsLinux() ? NetworkNameOfMagic(MagicOf(folder)) : NetworkNameOfFormat(FormatOf(folder));

    /// <summary>By the number that Linux gives the kind of file system (statfs(2)).</summary>
    internal static string? NetworkNameOfMagic(long magic) => (uint)magic switch
    {
        0x6969 => "NFS",
        0x517B or 0xFE534D42 => "SMB",
        0xFF534D42 => "CIFS",
        0x5346414F or 0x6B414653 => "AFS",
        0x73757245 => "Coda",
        0x01021997 => "9P",
        0x00C36400 => "Ceph",
        0x0BD00BD0 => "Lustre",
        0x47504653 => "GPFS",
        0x786F4256 => "VirtualBox shared folder",
        _ => null,
    };

    internal static string? NetworkNameOfFormat(string? format) =>
        Array.Find(s_networkNames, name => string.Equals(name, format, StringComparison.OrdinalIgnoreCase));

    private static string? FormatOf(string folder)
    {
        var drive = new DriveInfo(folder);
        return drive.DriveType == DriveType.Network ? s_networkNames[0] : drive.DriveFormat;
    }

    private static unsafe long MagicOf(string folder)
    {
        var buffer = stackalloc byte[StatfsBytes];
        return Statfs(folder, buffer) == 0 ? *(nint*)buffer : 0; // Its first field is a word of the machine.
    }

    [LibraryImport("libc", EntryPoint = "statfs", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Statfs(string path, byte* buffer);
}
