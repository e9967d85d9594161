using OrleansMcp.Configuration.Upstreams;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;

namespace OrleansMcp.Upstreams.Pins;

/// <summary>The pins of one server for one tenant, for one actor: read with the first listing, and one change after the other.</summary>
internal sealed partial class ServerPins(IRecordStore store, string tenant, string server, TimeProvider time)
{
    private const int MostTold = 4096;

    private readonly OperatorRecords<PinEntry> _records = new(
        store, RecordSpaceKey.OfOperators(tenant, "tools." + server), PinEntry.Format, static entry => entry.Key, $"A tool of the server {server} that is approved for tenant {tenant}, or waits, cannot be read.");

    private readonly SemaphoreSlim _turn = new(1, 1); // guards all that follows
    private readonly ChangeBudget _budget = new();
    private readonly HashSet<(string Tool, string Digest)> _told = [];
    private PinIndex? _index; // null: to be read

    /// <summary>Judges a listing, and records what is new of it.</summary>
    /// <exception cref="IOException">What was approved cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public async Task<JudgedListing> JudgeAsync(ToolListing listing, UpstreamConfiguration configuration, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var index = _index ?? (await LoadAsync(cancellationToken)).Index;
            var judge = new PinJudge(index, configuration, listing.Owner, _budget, time.GetUtcNow());
            var verdicts = listing.Tools.Select(judge.Judge).ToArray();
            if (judge.Records.Count == 0)
            {
                return new JudgedListing(verdicts, [], Problem: null);
            }

            var (written, problem) = await RecordAsync(judge.Records, listing.Owner.Subject);
            var lost = judge.Records.Skip(written.Count).Where(static entry => entry.IsApproved).Select(static entry => entry.Tool).ToHashSet(StringComparer.Ordinal);
            return new JudgedListing(
                [.. verdicts.Zip(listing.Tools, (verdict, tool) => lost.Contains(tool.Name) ? new ToolJudgement(ToolVerdict.Unrecorded) : verdict)],
                [.. Changed(listing, verdicts).IntersectBy(written.Where(static entry => !entry.IsApproved).Select(static entry => entry.Tool), static tool => tool.Name, StringComparer.Ordinal).Where(ToTell)],
                problem);
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask CloseAsync() => _records.DisposeAsync();

    private static IEnumerable<ListedTool> Changed(ToolListing listing, ToolJudgement[] verdicts) =>
        listing.Tools.Zip(verdicts).Where(static one => one.Second.Verdict == ToolVerdict.Changed).Select(static one => one.First);

    /// <summary>Whether a definition is told of: once, also when a server shows several by turns.</summary>
    private bool ToTell(ListedTool tool)
    {
        if (_told.Count >= MostTold)
        {
            _told.Clear();
        }

        return _told.Add((tool.Name, tool.Digest));
    }

    /// <summary>Writes what is new, as far as the store takes it.</summary>
    private async Task<(IReadOnlyList<PinEntry> Written, IOException? Problem)> RecordAsync(IReadOnlyList<PinEntry> entries, string by)
    {
        List<PinEntry> written = [];
        foreach (var batch in Batches(entries, static entry => entry.Size, OperatorRecords<PinEntry>.MostWrites / 2))
        {
            try
            {
                var overtaken = batch.Where(entry => entry.IsApproved && _index!.Find(entry.Tool)?.Pending is not null);
                await WriteAsync(batch, [.. overtaken.Select(static entry => (entry.Tool, IsApproved: false))], by);
            }
            catch (IOException e) when (e is not RecordLogLostException)
            {
                return (written, e);
            }

            written.AddRange(batch);
        }

        return (written, null);
    }

    private async Task WriteAsync(IReadOnlyList<PinEntry> puts, IReadOnlyList<(string Tool, bool IsApproved)> deletes, string by)
    {
        try
        {
            await _records.WriteAsync(puts, [.. deletes.Select(static one => PinEntry.KeyOf(one.Tool, one.IsApproved))], by, time.GetUtcNow());
        }
        catch (RecordLogLostException)
        {
            _index = null;
            throw;
        }

        foreach (var (tool, isApproved) in deletes)
        {
            _index!.Remove(tool, isApproved);
        }

        foreach (var put in puts)
        {
            _index!.Put(put);
        }
    }

    private async Task<(PinIndex Index, IReadOnlyList<PinEntry> Entries)> LoadAsync(CancellationToken cancellationToken)
    {
        _index = null;
        var entries = await _records.LoadAsync(cancellationToken);
        _index = PinIndex.Of(entries);
        return (_index, entries);
    }

    /// <summary>What goes into one write each, in order.</summary>
    private static IEnumerable<IReadOnlyList<T>> Batches<T>(IEnumerable<T> all, Func<T, int> sizeOf, int most)
    {
        List<T> batch = [];
        var bytes = 0L;
        foreach (var one in all)
        {
            if (batch.Count == most || (batch.Count > 0 && bytes + sizeOf(one) > RecordLimits.TransactionBytes))
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }

            batch.Add(one);
            bytes += sizeOf(one);
        }

        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}

/// <summary>What a listing comes to.</summary>
/// <param name="Verdicts">For each tool, in their order.</param>
/// <param name="Changed">Definitions other than the approved ones that were seen for the first time, and are recorded.</param>
/// <param name="Problem">Why not all of it was recorded; null when all was.</param>
internal sealed record JudgedListing(IReadOnlyList<ToolJudgement> Verdicts, IReadOnlyList<ListedTool> Changed, IOException? Problem);
