using System.Collections.Concurrent;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;

namespace OrleansMcp.Tests.Cluster;

/// <summary>Namespaces that live as long as this store.</summary>
internal sealed class VolatileRecordStore : IRecordStore
{
    private readonly ConcurrentDictionary<string, RecordImageBuilder> _shelves = new(StringComparer.Ordinal);

    public IRecordLog Open(RecordSpaceKey key) => new VolatileLog(key, _shelves.GetOrAdd(key.Value, static _ => new()));

    private sealed class VolatileLog(RecordSpaceKey key, RecordImageBuilder shelf) : IRecordLog
    {
        private readonly RecordGuard _guard = new(key);

        public ValueTask<RecordImage?> LoadAsync(CancellationToken cancellationToken)
        {
            lock (shelf)
            {
                var image = shelf.IsBlank ? null : shelf.Build();
                _guard.Read(key.Tenant, key.Owner, key.Name, image?.Grants ?? []);
                return new(image);
            }
        }

        public ValueTask AppendAsync(IReadOnlyList<RecordCommit> commits, IReadOnlyList<KnownTransaction> recent)
        {
            lock (shelf)
            {
                var written = _guard.Write(commits);
                foreach (var commit in commits)
                {
                    shelf.Apply(commit, recent);
                }

                written();
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
