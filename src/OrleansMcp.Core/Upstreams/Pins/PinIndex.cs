namespace OrleansMcp.Upstreams.Pins;

/// <summary>What an actor holds in memory of a server's pins, which is all but the definitions: those are read when an operator looks at them.</summary>
internal sealed class PinIndex
{
    private readonly Dictionary<string, PinnedTool> _tools = new(StringComparer.Ordinal);

    /// <summary>How many tools are known.</summary>
    public int Count => _tools.Count;

    /// <summary>Bytes of definitions that are stored.</summary>
    public long TextBytes { get; private set; }

    public static PinIndex Of(IEnumerable<PinEntry> entries)
    {
        var index = new PinIndex();
        foreach (var entry in entries)
        {
            index.Put(entry);
        }

        return index;
    }

    public PinnedTool? Find(string tool) => _tools.GetValueOrDefault(tool);

    /// <summary>Whether another definition of the tool that the server calls so was approved, and this one under no name.</summary>
    public bool IsOtherwiseApproved(string original, string digest)
    {
        var isOther = false;
        foreach (var tool in _tools.Values)
        {
            if (tool.Approved is { } approved && approved.Original == original)
            {
                if (approved.Digest == digest)
                {
                    return false;
                }

                isOther = true;
            }
        }

        return isOther;
    }

    public void Put(PinEntry entry)
    {
        Remove(entry.Tool, entry.IsApproved);
        var tool = Find(entry.Tool) ?? new PinnedTool(Approved: null, Pending: null);
        var known = new KnownDefinition(entry.Original, entry.Digest, entry.Approval?.Operator is not null, entry.Json.Length);
        _tools[entry.Tool] = entry.IsApproved ? tool with { Approved = known } : tool with { Pending = known };
        TextBytes += known.TextBytes;
    }

    public void Remove(string tool, bool isApproved)
    {
        if (Find(tool) is not { } found)
        {
            return;
        }

        TextBytes -= (isApproved ? found.Approved : found.Pending)?.TextBytes ?? 0;
        var left = isApproved ? found with { Approved = null } : found with { Pending = null };
        if (left is { Approved: null, Pending: null })
        {
            _tools.Remove(tool);
        }
        else
        {
            _tools[tool] = left;
        }
    }
}

/// <summary>What is known of a tool: a definition at least.</summary>
internal sealed record PinnedTool(KnownDefinition? Approved, KnownDefinition? Pending);

/// <summary>What is known of a definition.</summary>
/// <param name="Original">What the server calls the tool.</param>
/// <param name="Digest">The definition's digest.</param>
/// <param name="IsByOperator">Whether an operator has approved it.</param>
/// <param name="TextBytes">Bytes of it that are stored.</param>
internal sealed record KnownDefinition(string Original, string Digest, bool IsByOperator, int TextBytes);
