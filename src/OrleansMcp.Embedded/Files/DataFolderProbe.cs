using OrleansMcp.Hosting;

namespace OrleansMcp.Embedded.Files;

/// <summary>Ready means that state can be written. A real write says more than free space does; its result is kept for a few seconds.</summary>
internal sealed class DataFolderProbe(DataFolder folder, WriteQueue queue, Disk disk, TimeProvider time) : IReadinessProbe
{
    private static readonly TimeSpan s_kept = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1, 1);
    private long _probedAt;
    private string? _problem;

    public string Name => "data folder";

    public async ValueTask<string?> ProblemAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_probedAt != 0 && time.GetElapsedTime(_probedAt) < s_kept)
            {
                return _problem;
            }

            _problem = await ProbeAsync();
            _probedAt = time.GetTimestamp();
            return _problem;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task<string?> ProbeAsync()
    {
        var path = Path.Combine(folder.Root, "probe");
        try
        {
            await queue.RunAsync(() =>
            {
                disk.Delete(path);
                disk.WriteNew(path, "probe"u8);
                disk.Delete(path);
            });
            return null;
        }
        catch (IOException)
        {
            return "cannot be written";
        }
    }
}
