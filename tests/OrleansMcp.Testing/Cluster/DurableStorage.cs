using System.Collections.Concurrent;
using System.Globalization;
using Orleans;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Grains.Hosting;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Storage;

namespace OrleansMcp.Tests.Cluster;

/// <summary>
/// Grain storage with ETags that outlives the cluster of a test and can be made to fail, before a write happens or after it has.
/// </summary>
internal class DurableStorage : IGrainStorage
{
    private readonly IGrainStorageSerializer _serializer = SessionClusterExtensions.CreateStorageSerializer();
    private readonly ConcurrentDictionary<GrainId, (byte[] Bytes, string ETag)> _rows = new();
    private readonly ConcurrentDictionary<GrainId, (byte[] Bytes, string ETag)> _whole = new();
    private readonly ConcurrentDictionary<GrainId, Func<Exception>> _unreadable = new();
    private readonly Lock _gate = new();
    private long _tags;
    private long _reads;
    private int _holding;
    private int _damageFound;

    /// <summary>Whether nothing can be read or written.</summary>
    public bool IsDown { get; set; }

    /// <summary>Writes happen, but their answers are lost.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>The next write happens, and nothing is heard of the storage from then on.</summary>
    public bool GoesDownAfterWrite { get; set; }

    /// <summary>Each write is sent twice, as by a client of a store that did not hear the first answer: the second one meets the first.</summary>
    public bool RepeatsWrites { get; set; }

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

    /// <summary>How often anything was read.</summary>
    public long Reads => Volatile.Read(ref _reads);

    /// <summary>How many deletions happened.</summary>
    public long Clears { get; private set; }

    public IEnumerable<GrainId> Keys => _rows.Keys;

    /// <summary>How often somebody read what is damaged.</summary>
    public int DamageFound => Volatile.Read(ref _damageFound);

    public bool Has(GrainId grain) => _rows.ContainsKey(grain);

    public string Text(GrainId grain) => System.Text.Encoding.UTF8.GetString(_rows[grain].Bytes);

    /// <summary>Damages a row, in the ways in which stores find it out.</summary>
    public void Damage(GrainId grain, DamageOfRow how)
    {
        _whole[grain] = _rows[grain];
        switch (how)
        {
            case DamageOfRow.Checksum:
                _unreadable[grain] = () => StoreDamagedException.OfRow("rows", "a row", "its checksum does not fit");
                break;
            case DamageOfRow.Format:
                _unreadable[grain] = static () => new AggregateException(new InvalidDataException("The stored state does not begin like a session's."));
                break;
            default:
                _rows[grain] = (_serializer.Serialize(new StoredSession { Record = "{}"u8.ToArray() }).ToArray(), _rows[grain].ETag);
                break;
        }
    }

    /// <summary>Brings all rows back as they were before they were damaged.</summary>
    public void Repair()
    {
        _unreadable.Clear();
        foreach (var (grain, row) in _whole)
        {
            _rows[grain] = row;
        }

        _whole.Clear();
    }

    /// <summary>From here on it does what it is told.</summary>
    public void Mend() => (IsDown, LosesAnswers, GoesDownAfterWrite, RefusesWrites, Held) = (false, false, false, false, Task.CompletedTask);

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _unreadable.Clear();
        _whole.Clear();
        _rows.Clear();
    }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        Interlocked.Increment(ref _reads);
        ThrowIfDown();
        Interlocked.Add(ref _damageFound, _whole.ContainsKey(grainId) ? 1 : 0);
        if (_unreadable.TryGetValue(grainId, out var damage))
        {
            return Task.FromException(damage());
        }

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
            if (RepeatsWrites && IsSession(grainId))
            {
                Compare(grainId, grainState.ETag);
            }

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

/// <summary>How a store finds out that a row is damaged.</summary>
public enum DamageOfRow
{
    /// <summary>By a checksum, as SQLite's does.</summary>
    Checksum,

    /// <summary>By the form of the bytes, as the serializer does behind Orleans' provider for tables.</summary>
    Format,

    /// <summary>Not at all: what it holds is no record.</summary>
    Record,
}
