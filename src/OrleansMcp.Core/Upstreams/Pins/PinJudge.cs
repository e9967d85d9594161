using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Sessions;

namespace OrleansMcp.Upstreams.Pins;

/// <summary>Judges one listing of a server by what is known of its tools, and says what is to be recorded of it.</summary>
/// <remarks>
/// A pin is never dropped by itself, however long its tool was not seen: a server could leave a tool out for as long, and bring it back with a definition that
/// nobody has approved. So the number of tools is bounded, and new ones beyond it are withheld.
/// </remarks>
internal sealed class PinJudge(PinIndex index, UpstreamConfiguration server, SessionOwner owner, ChangeBudget budget, DateTimeOffset now)
{
    private const long MostTextBytes = 8 * 1024 * 1024;

    private readonly List<PinEntry> _records = [];
    private int _added;
    private long _addedBytes;

    /// <summary>Tools of a server that are known at a time.</summary>
    public static int Most(UpstreamConfiguration server) => 2 * server.MaxItems;

    /// <summary>What is to be written.</summary>
    public IReadOnlyList<PinEntry> Records => _records;

    public ToolJudgement Judge(ListedTool tool)
    {
        var known = index.Find(tool.Name);
        if (known?.Approved is { } approved)
        {
            return approved.Digest != tool.Digest ? Wait(tool, known, ToolVerdict.Changed)
                : new(IsEnough(approved) ? ToolVerdict.Approved : ToolVerdict.Unapproved);
        }

        if (known is null && index.Count + _added >= Most(server))
        {
            return new(ToolVerdict.TooMany);
        }

        return server.Approval == UpstreamApproval.Operator ? Wait(tool, known, ToolVerdict.Unapproved)
            : tool.Definition is not { } definition ? new(ToolVerdict.Unapproved, WantsDefinition: true)
            : index.IsOtherwiseApproved(definition.Original, tool.Digest) ? Wait(tool, known, ToolVerdict.Changed)
            : Approve(tool.Name, known, definition);
    }

    /// <summary>What a first use has approved does not count any more where an operator is to approve.</summary>
    private bool IsEnough(KnownDefinition approved) => server.Approval == UpstreamApproval.FirstUse || approved.IsByOperator;

    private ToolJudgement Approve(string tool, PinnedTool? known, SeenDefinition definition)
    {
        Record(tool, known, definition, new ToolApproval(Operator: null, owner.Client, owner.Subject, now));
        return new(ToolVerdict.Approved);
    }

    /// <summary>The definition is withheld, and recorded for an operator to look at.</summary>
    private ToolJudgement Wait(ListedTool tool, PinnedTool? known, ToolVerdict verdict)
    {
        if (known?.Pending?.Digest == tool.Digest || (known is not null && !budget.HasLeft(now, Most(server))))
        {
            return new(verdict);
        }

        if (tool.Definition is not { } definition)
        {
            return new(verdict, WantsDefinition: true);
        }

        if (known is not null)
        {
            budget.Spend(now);
        }

        Record(tool.Name, known, definition, approval: null);
        return new(verdict);
    }

    private void Record(string tool, PinnedTool? known, SeenDefinition definition, ToolApproval? approval)
    {
        var entry = PinEntry.Of(tool, definition, approval, now);
        if (index.TextBytes + _addedBytes + entry.Json.Length > MostTextBytes)
        {
            entry = entry with { Json = [] };
        }

        _records.Add(entry);
        _added += known is null ? 1 : 0;
        _addedBytes += entry.Json.Length;
    }
}
