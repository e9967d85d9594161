using OrleansMcp.Records;
using OrleansMcp.Records.Log;
using OrleansMcp.Tests.Cluster;

namespace OrleansMcp.Tests.Upstreams.Pins;

/// <summary>Namespaces in memory, that can be made to fail, and that count what is asked of them.</summary>
internal sealed class FailingRecords : IRecordStore
{
    private readonly VolatileRecordStore _store = new();

    /// <summary>What reading a namespace throws; null when it can be read.</summary>
    public Func<RecordSpaceKey, Exception?>? ReadProblem { get; set; }

    /// <summary>What writing throws; null when it is done.</summary>
    public Exception? WriteProblem { get; set; }

    /// <summary>After how many more writes <see cref="WriteProblem"/> begins.</summary>
    public int WritesBefore { get; set; }

    public int Reads { get; private set; }

    public int Writes { get; private set; }

    /// <summary>Bytes that were written.</summary>
    public long Bytes { get; private set; }

    public IRecordLog Open(RecordSpaceKey key) => new FailingLog(this, key, _store.Open(key));

    private sealed class FailingLog(FailingRecords records, RecordSpaceKey key, IRecordLog log) : IRecordLog
    {
        public ValueTask<RecordImage?> LoadAsync(CancellationToken cancellationToken)
        {
            records.Reads++;
            return records.ReadProblem?.Invoke(key) is { } problem ? throw problem : log.LoadAsync(cancellationToken);
        }

        public ValueTask AppendAsync(IReadOnlyList<RecordCommit> commits, IReadOnlyList<KnownTransaction> recent)
        {
            if (records.WriteProblem is { } problem && records.WritesBefore-- <= 0)
            {
                throw problem;
            }

            records.Writes++;
            records.Bytes += commits.Sum(static commit => commit.Puts.Sum(static put => put.Value.GetRawText().Length));
            Assert.True(commits.Sum(static commit => commit.Puts.Count + commit.Deletes.Count) <= RecordLimits.Writes, "A write is one that every store takes.");
            Assert.True(commits.Sum(static commit => commit.Puts.Sum(static put => put.Value.GetRawText().Length)) <= RecordLimits.TransactionBytes, "A write is one that every store takes.");
            Assert.All(commits.SelectMany(static commit => commit.Puts), static put => Assert.InRange(put.Value.GetRawText().Length, 1, RecordLimits.ValueBytes));
            return log.AppendAsync(commits, recent);
        }

        public ValueTask DisposeAsync() => log.DisposeAsync();
    }
}
