using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>The readers of one activation's streams in other processes, by name. Used from the grain's own turns only.</summary>
internal sealed class Readers
{
    private readonly Dictionary<Guid, RemoteReader> _readers = [];

    public bool Any => _readers.Count > 0;

    public RemoteReader? Find(Guid name) => _readers.GetValueOrDefault(name);

    public void Add(Guid name, RemoteReader reader) => _readers.Add(name, reader);

    public async Task RemoveAsync(Guid name)
    {
        if (_readers.Remove(name, out var reader))
        {
            await reader.DisposeAsync();
        }
    }

    /// <summary>Removes readers whose front end is gone.</summary>
    public async Task ExpireAsync(TimeSpan after)
    {
        foreach (var (name, reader) in _readers.ToArray())
        {
            if (reader.IsSilentFor(after))
            {
                await RemoveAsync(name);
            }
        }
    }
}

/// <summary>
/// A reader in another process. Items are sent in batches; the last batch is kept until the next read confirms it, so that a lost answer
/// loses no item.
/// </summary>
internal sealed class RemoteReader(Caller caller, IAsyncEnumerable<SessionEvent> events) : IAsyncDisposable
{
    private const int MaxItems = 64;
    private const int MaxBytes = 256 * 1024;

    private readonly CancellationTokenSource _leaving = new();
    private IAsyncEnumerator<SessionEvent>? _events;
    private Task<bool>? _next;
    private Task<ReadResult>? _reading;
    private SessionEvent[] _batch = [];
    private long _sent; // items before the held batch
    private bool _ended;
    private long _lastSeen = Environment.TickCount64;

    /// <summary>Whether <paramref name="other"/> attached this reader. A reader's name is no credential, so every read compares the caller.</summary>
    public bool Is(Caller other) => SessionOwner.Of(caller).Is(other);

    public bool IsSilentFor(TimeSpan time) => Environment.TickCount64 - _lastSeen > time.TotalMilliseconds;

    public void Touch() => _lastSeen = Environment.TickCount64;

    /// <summary>The items after the first <paramref name="after"/>. Waits up to <paramref name="wait"/> for the next one.</summary>
    public async Task<ReadResult> ReadAsync(long after, TimeSpan wait)
    {
        Touch();
        if (after == _sent && _batch.Length > 0)
        {
            return new ReadResult(_batch, _ended);
        }

        // An earlier call of this reader may still wait here: both get the same batch.
        _reading ??= NextBatchAsync();
        var reading = _reading;
        if (await Task.WhenAny(reading, Task.Delay(wait, SessionTimings.Clock)) != reading)
        {
            return ReadResult.Nothing;
        }

        // Another call may have started the next batch meanwhile.
        if (ReferenceEquals(_reading, reading))
        {
            _reading = null;
        }

        return await reading;
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        try
        {
            if (_reading is { } reading)
            {
                await reading;
            }
        }
        catch (OperationCanceledException)
        {
            // Cancelled above.
        }

        if (_events is not null)
        {
            await _events.DisposeAsync();
        }
    }

    private async Task<ReadResult> NextBatchAsync()
    {
        _sent += _batch.Length;
        _batch = [];
        _events ??= events.GetAsyncEnumerator(_leaving.Token);
        var (items, bytes) = (new List<SessionEvent>(), 0);
        while (items.Count < MaxItems && bytes < MaxBytes)
        {
            _next ??= _events.MoveNextAsync().AsTask();
            if (items.Count > 0 && !_next.IsCompleted)
            {
                break;
            }

            if (!await _next)
            {
                _ended = true;
                break;
            }

            _next = null;
            items.Add(_events.Current);
            bytes += _events.Current.Data.Length;
        }

        _batch = [.. items];
        return new ReadResult(_batch, _ended);
    }
}
