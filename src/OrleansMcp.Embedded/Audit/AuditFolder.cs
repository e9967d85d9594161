using System.Globalization;
using System.Text;
using OrleansMcp.Signals.Chains;

namespace OrleansMcp.Embedded.Audit;

/// <summary>Where the chains are: a folder a tenant, in it a file a day and the head.</summary>
internal static class AuditFolder
{
    public const string HeadFile = "head";
    public const string DaySuffix = ".jsonl";

    private const string DayFormat = "yyyy-MM-dd";

    public static string Of(string audit, string chain) => Path.Combine(audit, chain);

    /// <summary>The chains that are there, by name.</summary>
    public static IReadOnlyList<string> Chains(string audit) => Directory.Exists(audit)
        ? [.. Directory.EnumerateDirectories(audit).Select(folder => Path.GetFileName(folder)).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>The files of a chain in the order of their entries.</summary>
    public static IReadOnlyList<string> Days(string folder) => Directory.Exists(folder)
        ? [.. Directory.EnumerateFiles(folder, "*" + DaySuffix).Where(IsDay).Order(StringComparer.Ordinal)]
        : [];

    /// <summary>Files of a former version, in which all tenants were mixed and nothing was chained.</summary>
    public static IReadOnlyList<string> Unchained(string audit) => Days(audit);

    public static string DayOf(DateTimeOffset at) => at.UtcDateTime.ToString(DayFormat, CultureInfo.InvariantCulture);

    /// <summary>The stored head; null when there is none that can be read.</summary>
    public static AuditHead? ReadHead(string folder)
    {
        try
        {
            return AuditHead.TryParse(Encoding.UTF8.GetString(ReadShared(Path.Combine(folder, HeadFile))).TrimEnd('\n'), out var head) ? head : null;
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Opens a file that the server may be writing.</summary>
    public static FileStream OpenShared(string path) =>
        new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 64 * 1024);

    private static bool IsDay(string file) =>
        DateOnly.TryParseExact(Path.GetFileNameWithoutExtension(file), DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static byte[] ReadShared(string path)
    {
        using var file = OpenShared(path);
        var bytes = new byte[Math.Min(file.Length, 1024)];
        return bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }
}
