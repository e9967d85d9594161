using System.Diagnostics.CodeAnalysis;

namespace OrleansMcp.Memory;

/// <summary>
/// The bytes that one thing holds and its client is charged for: a request, a reply, the events of a session's streams. It has one owner, who
/// disposes of it. Members may be called from any thread; after <see cref="Dispose"/> nothing is charged any more.
/// </summary>
public sealed class HeldBytes : IDisposable
{
    /// <summary>From this size on a holding is worth giving up when the process is nearly full.</summary>
    internal const int Large = 128 * 1024;

    private readonly HeldMemory _memory;
    private readonly ClientMemory _client;
    private readonly Lock _gate = new(); // guards the fields below
    private long _bytes;
    private bool _isEnlisted;
    private bool _isOver;
    private bool _isGivenUp;
    private Action? _giveUp;

    internal HeldBytes(HeldMemory memory, ClientMemory client) => (_memory, _client) = (memory, client);

    /// <summary>The bytes that are charged.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether it may be given up, because that wins something.</summary>
    internal bool IsLarge => Bytes >= Large;

    /// <summary>Whether the process needed the memory: the owner must let go of what is held, soon.</summary>
    public bool IsGivenUp => Volatile.Read(ref _isGivenUp);

    /// <summary>Charges more bytes. False, and nothing more is charged, when the client, its tenant or the process is over its limit.</summary>
    public bool TryTake(long bytes, [NotNullWhen(false)] out QuotaRefusal? refusal)
    {
        lock (_gate)
        {
            refusal = null;
            if (_isOver)
            {
                return true;
            }

            if (_isGivenUp)
            {
                refusal = GivenUp;
                return false;
            }

            if (!_memory.TryCharge(_client, bytes, out refusal))
            {
                return false;
            }

            Add(bytes);
            return true;
        }
    }

    /// <summary>Charges more bytes.</summary>
    /// <exception cref="QuotaExceededException">The client, its tenant or the process is over its limit; nothing more is charged.</exception>
    public void Take(long bytes)
    {
        if (!TryTake(bytes, out var refusal))
        {
            throw new QuotaExceededException(refusal);
        }
    }

    /// <summary>Charges what is held already, whatever the limits. It counts against what is asked for next.</summary>
    public void TakeAnyway(long bytes)
    {
        lock (_gate)
        {
            if (!_isOver)
            {
                _memory.Charge(_client, bytes);
                Add(bytes);
            }
        }
    }

    /// <summary>Some bytes of a body were read. Returns how long to wait before more of the client's are.</summary>
    /// <param name="bytes">Their number.</param>
    /// <param name="bytesPerSecond">How fast the client's bodies are read, all together.</param>
    /// <param name="time">The clock.</param>
    public TimeSpan Pace(int bytes, int bytesPerSecond, TimeProvider time) => _client.Pace.Read(bytes, bytesPerSecond, time.GetElapsedTime(0));

    /// <summary>A large request was parsed or checked for so long, which its client has a share of a processor for.</summary>
    public void Computed(TimeSpan elapsed, TimeProvider time) => _client.Pace.Computed(elapsed, time.GetElapsedTime(0));

    /// <summary>How long the client's next large request has to wait.</summary>
    public TimeSpan Wait(TimeProvider time) => _client.Pace.Wait(time.GetElapsedTime(0));

    /// <summary>Stops charging bytes that are not held any more.</summary>
    public void Return(long bytes)
    {
        lock (_gate)
        {
            var returned = Math.Min(bytes, _bytes);
            Volatile.Write(ref _bytes, _bytes - returned);
            _memory.Charge(_client, -returned);
        }
    }

    /// <summary>Moves a part of what is charged to another owner.</summary>
    public HeldBytes Split(long bytes)
    {
        lock (_gate)
        {
            var part = new HeldBytes(_memory, _client);
            var moved = Math.Min(bytes, _bytes);
            Volatile.Write(ref _bytes, _bytes - moved);
            part.Add(moved);
            return part;
        }
    }

    /// <summary>Takes over what another owner is charged for, and disposes of it.</summary>
    public void Absorb(HeldBytes other)
    {
        TakeAnyway(other.Bytes);
        other.Dispose();
    }

    /// <summary>What to do when the process needs the memory; at once, when it needed it already. Replaces what was to do before.</summary>
    /// <param name="giveUp">Must not block.</param>
    public void OnGiveUp(Action? giveUp)
    {
        lock (_gate)
        {
            _giveUp = giveUp;
            if (!_isGivenUp)
            {
                return;
            }
        }

        giveUp?.Invoke();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_isOver)
            {
                return;
            }

            _isOver = true;
            _giveUp = null;
            _memory.Charge(_client, -_bytes);
            Volatile.Write(ref _bytes, 0);
            if (_isEnlisted)
            {
                _client.Delist(this);
            }
        }
    }

    internal static QuotaRefusal GivenUp { get; } = new(Quota.HeldBytes, QuotaScope.Process, RetryAfterSeconds: 1);

    /// <summary>Tells the owner that the process needs the memory.</summary>
    internal void GiveUp()
    {
        Action? giveUp;
        lock (_gate)
        {
            if (_isOver || _isGivenUp)
            {
                return;
            }

            Volatile.Write(ref _isGivenUp, true);
            giveUp = _giveUp;
        }

        giveUp?.Invoke();
    }

    private void Add(long bytes)
    {
        Volatile.Write(ref _bytes, _bytes + bytes);
        if (_bytes >= Large && !_isEnlisted)
        {
            _isEnlisted = true;
            _client.Enlist(this);
        }
    }
}
