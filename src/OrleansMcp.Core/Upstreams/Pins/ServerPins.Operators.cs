using OrleansMcp.Records;

namespace OrleansMcp.Upstreams.Pins;

/// <summary>What operators look at and decide.</summary>
internal sealed partial class ServerPins
{
    private const int PageLength = 1024 * 1024; // characters of definitions

    /// <summary>Reads a page, with the definitions.</summary>
    /// <inheritdoc cref="JudgeAsync"/>
    public async Task<ToolPinPage> ReadPageAsync(string? after, int limit, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var (_, entries) = await LoadAsync(cancellationToken);
            return PageOf(entries.Where(entry => after is null || string.CompareOrdinal(entry.Tool, after) > 0), limit);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Does what an operator asks: all of it, or nothing.</summary>
    /// <inheritdoc cref="JudgeAsync"/>
    public async Task<ToolPinOutcome> ChangeAsync(ToolPinChange change, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var (_, entries) = await LoadAsync(cancellationToken);
            var outcome = change.Approve.Count > 0 ? await ApproveAsync(change, entries) : await ForgetAsync(change, entries);
            _told.RemoveWhere(told => outcome.Done.Contains(told.Tool, StringComparer.Ordinal)); // What it was before is another change from now on.
            return outcome;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static ToolPinPage PageOf(IEnumerable<PinEntry> entries, int limit)
    {
        List<ToolPin> page = [];
        var length = 0;
        foreach (var tool in entries.GroupBy(static entry => entry.Tool, StringComparer.Ordinal).OrderBy(static tool => tool.Key, StringComparer.Ordinal))
        {
            var pin = PinOf(tool.Key, tool.FirstOrDefault(static entry => entry.IsApproved), tool.FirstOrDefault(static entry => !entry.IsApproved));
            if (page.Count == limit || (page.Count > 0 && length + pin.TextLength > PageLength))
            {
                return new ToolPinPage(page, HasMore: true);
            }

            page.Add(pin);
            length += pin.TextLength;
        }

        return new ToolPinPage(page, HasMore: false);
    }

    private static ToolPin PinOf(string tool, PinEntry? approved, PinEntry? pending) =>
        new(tool, approved?.Definition, approved?.Approval, pending?.Definition, pending?.At);

    /// <summary>Approves what waits; and what a first use has approved, so that it counts where an operator is to approve.</summary>
    private async Task<ToolPinOutcome> ApproveAsync(ToolPinChange change, IReadOnlyList<PinEntry> entries)
    {
        var known = entries.ToLookup(static entry => entry.Tool, StringComparer.Ordinal);
        var found = change.Approve.Select(one => known[one.Tool].FirstOrDefault(entry => entry.Digest == one.Digest)).ToList();
        var refused = change.Approve.Zip(found).Where(static one => one.Second is null).Select(static one => one.First.Tool)
            .Union(change.Approve.CountBy(static one => one.Tool, StringComparer.Ordinal).Where(static one => one.Value > 1).Select(static one => one.Key), StringComparer.Ordinal).ToList();
        if (refused.Count > 0)
        {
            return new ToolPinOutcome([], refused);
        }

        var approval = new ToolApproval(change.Operator, Client: null, Subject: null, time.GetUtcNow());
        var changed = found.Where(static entry => entry!.Approval?.Operator is null).Select(entry => (Former: entry!, Approved: entry! with { Approval = approval, At = approval.At })).ToList();
        foreach (var batch in Batches(changed, static one => one.Approved.Size, OperatorRecords<PinEntry>.MostWrites / 2))
        {
            await WriteAsync(
                [.. batch.Select(static one => one.Approved)], [.. batch.Where(static one => !one.Former.IsApproved).Select(static one => (one.Former.Tool, IsApproved: false))], change.Operator);
        }

        return new ToolPinOutcome([.. changed.Select(static one => one.Approved.Tool)], []);
    }

    private async Task<ToolPinOutcome> ForgetAsync(ToolPinChange change, IReadOnlyList<PinEntry> entries)
    {
        var known = entries.ToLookup(static entry => entry.Tool, StringComparer.Ordinal);
        IReadOnlyList<string> tools = change.Forget is { } named ? [.. named.Distinct(StringComparer.Ordinal)] : [.. known.Select(static tool => tool.Key)];
        List<string> unknown = [.. tools.Where(tool => !known.Contains(tool))];
        if (unknown.Count > 0)
        {
            return new ToolPinOutcome([], unknown);
        }

        foreach (var batch in tools.SelectMany(tool => known[tool]).Chunk(OperatorRecords<PinEntry>.MostWrites))
        {
            await WriteAsync([], [.. batch.Select(static entry => (entry.Tool, entry.IsApproved))], change.Operator);
        }

        return new ToolPinOutcome(tools, []);
    }
}
