namespace OrleansMcp.Configuration;

/// <summary>
/// The files that a configuration was read from, the ones that could not be used among them, and how each looked before it was read: a
/// change that comes in between is seen afterwards.
/// </summary>
internal sealed class SourceFiles
{
    private const int MaxBytes = 1024 * 1024;

    private readonly Dictionary<string, (DateTime Written, long Length)> _stamps = new(StringComparer.Ordinal);

    /// <summary>Whether any of them is not any more what was read.</summary>
    public bool HaveChanged => _stamps.Any(file => Stamp(file.Key) != file.Value);

    /// <summary>Reads a file.</summary>
    /// <exception cref="ConfigurationException">It cannot be read.</exception>
    public string Read(string path)
    {
        _stamps[path] = Stamp(path);
        try
        {
            return Target(path).Length > MaxBytes ? throw Failed(path, $"is larger than {MaxBytes} bytes.") : File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Failed(path, File.Exists(path) ? "cannot be read." : "does not exist.");
        }
    }

    private static ConfigurationException Failed(string path, string message) => new([new ConfigurationError(path, 1, "", message)]);

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
