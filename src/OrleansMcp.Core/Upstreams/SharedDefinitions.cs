using OrleansMcp.Tools;

namespace OrleansMcp.Upstreams;

/// <summary>
/// The tools of other servers that sessions of this process offer now, each definition once. They are held weakly: with the last session that offers
/// one, it goes.
/// </summary>
internal sealed class SharedDefinitions
{
    private const int FirstSweep = 1024;

    private readonly Lock _gate = new(); // guards the fields below
    private readonly Dictionary<(string Server, string Name, string Digest), WeakReference<ToolEntry>> _known = [];
    private int _sweepAt = FirstSweep;

    /// <summary>The entry of a definition under a name, the same for all who ask.</summary>
    public ToolEntry Share(string server, string name, ToolDefinition definition)
    {
        var key = (server, name, definition.Digest);
        lock (_gate)
        {
            if (_known.TryGetValue(key, out var known) && known.TryGetTarget(out var entry))
            {
                return entry;
            }

            entry = new ToolEntry(new UpstreamTool(server, definition.Tool, definition.Shown(server, name), definition.Digest));
            _known[key] = new(entry);
            if (_known.Count >= _sweepAt)
            {
                SweepLocked();
            }

            return entry;
        }
    }

    private void SweepLocked()
    {
        foreach (var (key, known) in _known)
        {
            if (!known.TryGetTarget(out _))
            {
                _known.Remove(key);
            }
        }

        _sweepAt = Math.Max(FirstSweep, 2 * _known.Count);
    }
}
