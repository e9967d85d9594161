namespace OrleansMcp.Conformance;

/// <summary>A data folder that nobody asked for, gone at exit.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("orleansmcp-conformance-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
