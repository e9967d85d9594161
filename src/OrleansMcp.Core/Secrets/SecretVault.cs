using System.Diagnostics;
using System.Security.Cryptography;
using ModelContextProtocol;

namespace OrleansMcp.Secrets;

/// <summary>
/// The secrets of one session: pinned byte buffers that are read through a callback, zeroed when they go, and never turned into a string,
/// stored, logged or serialised. Safe to use from any thread.
/// </summary>
/// <remarks>
/// Callbacks run outside the lock, so that a slow one does not block other users of the vault. A secret that is replaced or removed while
/// it is read is zeroed by its last reader: a call that rotates a token must not break another call of the same, living session. The end of
/// a session does not wait for readers: <see cref="Close"/> zeroes at once, the receipt is true when it is given, and a callback that still
/// runs sees zeros; <see cref="Use"/> then throws, so that nothing made of half a secret is used any further. No reader can touch memory
/// that was freed or reused, because the buffers are ordinary objects that are never pooled.
/// </remarks>
[DebuggerDisplay("{Count} secrets")]
internal sealed class SecretVault
{
    private readonly Lock _gate = new();

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly Dictionary<string, Secret> _secrets = new(StringComparer.Ordinal);

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly List<Secret> _leaving = []; // replaced or removed, and still being read

    private Dictionary<string, TaskCompletionSource>? _awaited; // by the names of secrets that are not there
    private bool _closed;

    /// <summary>Secrets held.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _secrets.Count;
            }
        }
    }

    /// <summary>The number of secrets that the session's owner stored, which no source could supply again.</summary>
    public int CountOwn()
    {
        lock (_gate)
        {
            return CountOwnLocked();
        }
    }

    public bool Has(string name)
    {
        lock (_gate)
        {
            return _secrets.ContainsKey(name);
        }
    }

    /// <summary>Completes once there is a secret of that name. Cancelled when there can be none any more.</summary>
    public Task WhenHeldAsync(string name)
    {
        lock (_gate)
        {
            if (_closed || _secrets.ContainsKey(name))
            {
                return _closed ? Task.FromCanceled(new CancellationToken(canceled: true)) : Task.CompletedTask;
            }

            _awaited ??= new(StringComparer.Ordinal);
            if (!_awaited.TryGetValue(name, out var awaited))
            {
                _awaited.Add(name, awaited = new(TaskCreationOptions.RunContinuationsAsynchronously));
            }

            return awaited.Task;
        }
    }

    /// <summary>
    /// Keeps <paramref name="bytes"/>, a buffer of <see cref="SecretBuffer.Allocate"/>, which belongs to the vault from here on: one that
    /// is refused is zeroed.
    /// </summary>
    public SecretPut Put(string name, byte[] bytes, SecretLimits limits)
    {
        SecretPut result;
        lock (_gate)
        {
            result = JudgeLocked(name, bytes.Length, limits);
            if (result == SecretPut.Replaced)
            {
                DropLocked(name);
            }

            if (result is SecretPut.Stored or SecretPut.Replaced)
            {
                AddLocked(name, new Secret(bytes, isOwn: true));
                return result;
            }
        }

        CryptographicOperations.ZeroMemory(bytes);
        return result;
    }

    /// <summary>
    /// Keeps <paramref name="bytes"/>, which was read from a place where it can be read again. Takes no place of the session's own secrets.
    /// A closed vault zeroes it.
    /// </summary>
    public void PutReferenced(string name, byte[] bytes) => PutReferenced(name, bytes, Timeout.InfiniteTimeSpan, TimeProvider.System);

    /// <summary>As <see cref="PutReferenced(string, byte[])"/>, for a secret that is zeroed after its lifetime.</summary>
    public void PutReferenced(string name, byte[] bytes, TimeSpan lifetime, TimeProvider time)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                DropLocked(name);
                var secret = new Secret(bytes, isOwn: false);
                AddLocked(name, secret);
                secret.Clock = lifetime == Timeout.InfiniteTimeSpan ? null : time.CreateTimer(_ => Expire(name, secret), state: null, lifetime, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        CryptographicOperations.ZeroMemory(bytes);
    }

    /// <summary>Zeroes and removes one secret. False when there is none.</summary>
    public bool Remove(string name)
    {
        lock (_gate)
        {
            return DropLocked(name);
        }
    }

    /// <summary>Lets <paramref name="read"/> see a secret.</summary>
    /// <exception cref="SecretUnavailableException">There is no such secret, or it was erased while it was read.</exception>
    /// <exception cref="SecretUseException">The callback failed. What it threw may quote the secret and goes no further.</exception>
    public TResult Use<TState, TResult>(string name, TState state, Func<ReadOnlySpan<byte>, TState, TResult> read)
        where TState : allows ref struct
    {
        var secret = Enter(name);
        bool erased;
        TResult result;
        try
        {
            result = read(secret.Bytes, state);
        }
        catch (Exception e) when (e is not (McpException or OperationCanceledException))
        {
            throw new SecretUseException(name, e.GetType());
        }
        finally
        {
            Leave(secret, out erased);
        }

        return erased ? throw new SecretUnavailableException(name) : result;
    }

    /// <summary>Zeroes all secrets, refuses new ones, and returns the number of secrets. Idempotent.</summary>
    public int Close()
    {
        lock (_gate)
        {
            _closed = true;
            var count = _secrets.Count;
            foreach (var secret in _secrets.Values.Concat(_leaving))
            {
                secret.Erase();
            }

            _secrets.Clear();
            _leaving.Clear();
            foreach (var awaited in _awaited?.Values.AsEnumerable() ?? [])
            {
                awaited.TrySetCanceled();
            }

            _awaited = null;
            return count;
        }
    }

    private void AddLocked(string name, Secret secret)
    {
        _secrets.Add(name, secret);
        if (_awaited?.Remove(name, out var awaited) == true)
        {
            awaited.TrySetResult();
        }
    }

    private void Expire(string name, Secret expired)
    {
        lock (_gate)
        {
            if (_secrets.TryGetValue(name, out var secret) && secret == expired)
            {
                DropLocked(name);
            }
        }
    }

    private SecretPut JudgeLocked(string name, int length, SecretLimits limits) =>
        _closed ? SecretPut.Closed
        : length == 0 || length > limits.Bytes ? SecretPut.BadSize
        : _secrets.ContainsKey(name) ? SecretPut.Replaced
        : CountOwnLocked() >= limits.Count ? SecretPut.Full
        : SecretPut.Stored;

    private int CountOwnLocked()
    {
        var count = 0;
        foreach (var secret in _secrets.Values)
        {
            count += secret.IsOwn ? 1 : 0;
        }

        return count;
    }

    private bool DropLocked(string name)
    {
        if (!_secrets.Remove(name, out var secret))
        {
            return false;
        }

        secret.Clock?.Dispose();
        if (secret.Readers > 0)
        {
            _leaving.Add(secret);
        }
        else
        {
            secret.Erase();
        }

        return true;
    }

    private Secret Enter(string name)
    {
        lock (_gate)
        {
            if (!_secrets.TryGetValue(name, out var secret))
            {
                throw new SecretUnavailableException(name);
            }

            secret.Readers++;
            return secret;
        }
    }

    /// <param name="secret">What was read.</param>
    /// <param name="erased">Whether it was zeroed while it was read. Looked up here: a moment later it may be, and does not concern this reader.</param>
    private void Leave(Secret secret, out bool erased)
    {
        lock (_gate)
        {
            erased = secret.IsErased;
            if (--secret.Readers == 0 && _leaving.Remove(secret))
            {
                CryptographicOperations.ZeroMemory(secret.Bytes);
            }
        }
    }

    private sealed class Secret(byte[] bytes, bool isOwn)
    {
        public bool IsOwn => isOwn;

        [DebuggerBrowsable(DebuggerBrowsableState.Never)]
        public byte[] Bytes { get; } = bytes;

        public int Readers { get; set; }

        /// <summary>Ends its lifetime; null for one without.</summary>
        public ITimer? Clock { get; set; }

        /// <summary>Whether it was zeroed without regard to its readers.</summary>
        public bool IsErased { get; private set; }

        public void Erase()
        {
            IsErased = true;
            Clock?.Dispose();
            CryptographicOperations.ZeroMemory(Bytes);
        }
    }
}
