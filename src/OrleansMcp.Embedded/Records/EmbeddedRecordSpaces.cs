using System.Collections.Concurrent;
using OrleansMcp.Records;
using OrleansMcp.Records.Log;

namespace OrleansMcp.Embedded.Records;

/// <summary>The namespaces of this process. One that nobody uses for a while leaves memory.</summary>
internal sealed class EmbeddedRecordSpaces : IRecordSpaceDirectory, IAsyncDisposable
{
    private static readonly TimeSpan s_idle = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan s_look = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<RecordSpaceKey, RecordSpace> _spaces = new();
    private readonly IRecordStore _store;
    private readonly RecordHost _host;
    private readonly ITimer _clock;

    public EmbeddedRecordSpaces(IRecordStore store, RecordHost host, TimeProvider time)
    {
        (_store, _host) = (store, host);
        _clock = time.CreateTimer(static self => ((EmbeddedRecordSpaces)self!).Sweep(), this, s_look, s_look);
    }

    /// <summary>How many are in memory.</summary>
    public int Live => _spaces.Count;

    public IRecordSpace Get(RecordSpaceKey key) => new Reference(this, key);

    public async ValueTask DisposeAsync()
    {
        await _clock.DisposeAsync();
        foreach (var space in _spaces.Values)
        {
            await space.DisposeAsync();
        }
    }

    private async ValueTask<RecordReply> ExecuteAsync(RecordSpaceKey key, RecordRequest request, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var space = _spaces.GetOrAdd(key, static (key, self) => new RecordSpace(key, self._store.Open(key), self._host), this);
            var reply = await space.TryExecuteAsync(request, cancellationToken);
            if (space.IsLost)
            {
                await RemoveAsync(key, space);
            }

            if (reply is not null)
            {
                return reply;
            }

            await RemoveAsync(key, space);
        }

        return new RecordReply(RecordOutcome.Unavailable);
    }

    private async ValueTask RemoveAsync(RecordSpaceKey key, RecordSpace space)
    {
        if (_spaces.TryRemove(new(key, space)))
        {
            await space.DisposeAsync();
        }
    }

    private void Sweep()
    {
        foreach (var (key, space) in _spaces)
        {
            if (space.TryRetire(s_idle))
            {
                _ = RemoveAsync(key, space);
            }
        }
    }

    private sealed class Reference(EmbeddedRecordSpaces spaces, RecordSpaceKey key) : IRecordSpace
    {
        public ValueTask<RecordReply> ExecuteAsync(RecordRequest request, CancellationToken cancellationToken) =>
            spaces.ExecuteAsync(key, request, cancellationToken);
    }
}
