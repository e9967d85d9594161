using System.Text;

namespace OrleansMcp.Configuration;

/// <summary>
/// The files that a configuration was read from, the ones that could not be used among them, and how each looked before it was read: a
/// change that comes in between is seen afterwards.
/// </summary>
internal sealed class SourceFiles
{
    private const int MaxBytes = 1024 * 1024;

    // Each with a byte order mark, and strict.
    private static readonly Encoding[] s_encodings =
    [
        new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true),
        new UnicodeEncoding(bigEndian: false, byteOrderMark: true, throwOnInvalidBytes: true),
        new UnicodeEncoding(bigEndian: true, byteOrderMark: true, throwOnInvalidBytes: true),
    ];

    private readonly Dictionary<string, (DateTime Written, long Length)> _stamps = new(StringComparer.Ordinal);

    /// <summary>Whether any of them is not any more what was read.</summary>
    public bool HaveChanged => _stamps.Any(file => Stamp(file.Key) != file.Value);

    /// <summary>When a file that holds nothing was written; null for one that holds something, or is not there.</summary>
    public static DateTime? EmptySince(string path) => Stamp(path) is { Length: 0, Written: { Ticks: > 0 } written } ? written : null;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public string Read(string path)
    {
        _stamps[path] = Stamp(path);
        try
        {
            return Target(path).Length > MaxBytes ? throw Failed(path, $"is larger than {MaxBytes} bytes.") : Text(path, File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, Directory.Exists(path) ? "is a folder." : File.Exists(path) ? $"cannot be read: {e.Message}" : "does not exist.");
        }
    }

    /// <summary>
    /// UTF-8, or what a byte order mark says. In another encoding a letter that is not ASCII would be read as one that nobody wrote, and a rule
    /// that forbids a text with it would forbid nothing.
    /// </summary>
    private static string Text(string path, byte[] bytes)
    {
        var (encoding, preamble) = EncodingOf(bytes);
        try
        {
            return encoding.GetString(bytes, preamble, bytes.Length - preamble);
        }
        catch (DecoderFallbackException e)
        {
            var before = bytes.AsSpan(0, Math.Clamp(preamble + e.Index, 0, bytes.Length));
            throw Failed(path, $"a character is not one of {encoding.WebName}. Save the file as UTF-8.", before.Count((byte)'\n') + 1);
        }
    }

    private static (Encoding Encoding, int Preamble) EncodingOf(ReadOnlySpan<byte> bytes)
    {
        foreach (var encoding in s_encodings)
        {
            if (bytes.StartsWith(encoding.Preamble))
            {
                return (encoding, encoding.Preamble.Length);
            }
        }

        return (s_encodings[0], 0);
    }

    private static ConfigurationException Failed(string path, string message, long line = 1) => new([new ConfigurationError(path, line, "", message)]);

    private static (DateTime Written, long Length) Stamp(string path)
    {
        try
        {
            var file = Target(path);
            return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return default;
        }
    }

    /// <summary>
    /// The file that is read in the end. One that is mounted from a secret is a link into a folder that is a link, which a new version
    /// exchanges: what there is to know of the first link stays as it was.
    /// </summary>
    private static FileInfo Target(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true) as FileInfo ?? new FileInfo(path);
}
