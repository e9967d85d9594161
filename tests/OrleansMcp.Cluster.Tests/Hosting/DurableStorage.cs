using System.Collections.Concurrent;
using System.Globalization;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Grains.Hosting;
using OrleansMcp.Grains.Sessions;

namespace OrleansMcp.Cluster.Tests.Hosting;

/// <summary>
/// Grain storage with ETags that outlives the cluster of a test and can be made to fail, before a write happens or after it has.
/// </summary>
internal class DurableStorage : IGrainStorage
{
    private readonly IGrainStorageSerializer _serializer = SessionClusterExtensions.CreateStorageSerializer();
    private readonly ConcurrentDictionary<GrainId, (byte[] Bytes, string ETag)> _rows = new();
    private readonly Lock _gate = new();
    private long _tags;
    private int _holding;

    /// <summary>Whether nothing can be read or written.</summary>
    public bool IsDown { get; set; }

    /// <summary>Writes happen, but their answers are lost.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>The next write happens, and nothing is heard of the storage from then on.</summary>
    public bool GoesDownAfterWrite { get; set; }

    /// <summary>Nothing can be written; reading and deleting go on.</summary>
    public bool RefusesWrites { get; set; }

    /// <summary>Writes and deletions of sessions wait for this; those of tenants do not.</summary>
    public Task Held { get; set; } = Task.CompletedTask;

    /// <summary>Whether one waits.</summary>
    public bool IsHolding => Volatile.Read(ref _holding) > 0;

    /// <summary>How many writes happened.</summary>
    public long Writes => Volatile.Read(ref _tags);

    /// <summary>How many of them were of tenants.</summary>
    public long LedgerWrites { get; private set; }

    /// <summary>How many deletions happened.</summary>
    public long Clears { get; private set; }

    public IEnumerable<GrainId> Keys => _rows.Keys;

    public bool Has(GrainId grain) => _rows.ContainsKey(grain);

    public string Text(GrainId grain) => System.Text.Encoding.UTF8.GetString(_rows[grain].Bytes);

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        ThrowIfDown();
        if (_rows.TryGetValue(grainId, out var row))
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) =
                (_serializer.Deserialize<T>(new BinaryData(row.Bytes))!, row.ETag, true);
        }
        else
        {
            (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null!, false);
        }

        return Task.CompletedTask;
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await HoldAsync(grainId);
        ThrowIfDown();
        if (RefusesWrites)
        {
            throw new TimeoutException("The storage is full.");
        }

        lock (_gate)
        {
            Compare(grainId, grainState.ETag);
            var tag = (++_tags).ToString(CultureInfo.InvariantCulture);
            _rows[grainId] = (_serializer.Serialize(grainState.State).ToArray(), tag);
            LedgerWrites += IsSession(grainId) ? 0 : 1;
            IsDown |= GoesDownAfterWrite;
            ThrowIfDown();
            ThrowIfLost();
            (grainState.ETag, grainState.RecordExists) = (tag, true);
        }
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        await HoldAsync(grainId);
        ThrowIfDown();
        lock (_gate)
        {
            Compare(grainId, grainState.ETag);
            Clear(grainState.State);
            _rows.TryRemove(grainId, out _);
            Clears++;
            ThrowIfLost();
            (grainState.ETag, grainState.RecordExists) = (null!, false);
        }
    }

    /// <summary>What belongs to a deletion, and happens with it or not at all.</summary>
    protected virtual void Clear(object? state)
    {
    }

    private async Task HoldAsync(GrainId grain)
    {
        if (IsSession(grain) && !Held.IsCompleted)
        {
            Interlocked.Increment(ref _holding);
            await Held;
            Interlocked.Decrement(ref _holding);
        }
    }

    private static bool IsSession(GrainId grain) => grain.Type.ToString() == SessionGrain.GrainType;

    private void Compare(GrainId grain, string? tag)
    {
        var stored = _rows.TryGetValue(grain, out var row) ? row.ETag : null;
        if (stored != tag)
        {
            throw new InconsistentStateException("Another writer was here.", stored ?? "", tag ?? "");
        }
    }

    private void ThrowIfDown()
    {
        if (IsDown)
        {
            throw new TimeoutException("The storage does not answer.");
        }
    }

    private void ThrowIfLost()
    {
        if (LosesAnswers)
        {
            throw new TimeoutException("The answer was lost.");
        }
    }
}
