using System.Security.Cryptography;
using Orleans.Runtime;
using Orleans.Storage;
using OrleansMcp.Grains.Sessions;
using OrleansMcp.Sessions;
using OrleansMcp.Sessions.State;
using OrleansMcp.Storage;

namespace OrleansMcp.Grains.Storage;

/// <summary>
/// The record of one session in Orleans storage, for one activation. An activation first raises the epoch (<see cref="ClaimAsync"/>). Its
/// writes succeed only until another activation does the same, because they carry the ETag of its own last write. After a write of unknown
/// outcome, the store reads the row before it reports anything.
/// </summary>
/// <remarks>Calls do not overlap: the session makes one write at a time, and the grain claims the record before the session exists.</remarks>
internal sealed partial class GrainSessionStore(IGrainStorage storage, GrainId grain) : ISessionStore
{
    /// <summary>The size of a table entity, less the other columns.</summary>
    public const int MaxRecordBytes = 960_000;

    private const string StateName = "session";
    private static readonly TimeSpan s_lookFor = TimeSpan.FromSeconds(1);

    private readonly GrainState<StoredSession> _state = NewState();
    private StoredSession? _unconfirmed;
    private long _writtenAt;
    private bool _fenced;

    /// <summary>The clock of <see cref="WrittenAt"/>. Default: the machine's.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// When the last successful write began, as a timestamp of <see cref="Time"/>: no other activation had claimed the record then.
    /// </summary>
    public long WrittenAt => Volatile.Read(ref _writtenAt);

    /// <summary>Called before the first write of a record, so that the tenant watches every stored session. If it throws, the write fails.</summary>
    public Func<SessionRecord, Task>? Creating { get; init; }

    /// <summary>When to check the session for expiry, UTC. Default: its absolute end.</summary>
    public Func<SessionRecord, DateTimeOffset> DueAt { get; init; } = static record => record.ExpiresAt;

    /// <summary>
    /// Reads the record and makes this activation the only one that may write it. Null when there is no record; then nothing is written.
    /// </summary>
    /// <exception cref="InconsistentStateException">Another activation claimed the record at the same time.</exception>
    /// <exception cref="StoreDamagedException">The stored record is damaged.</exception>
    public async Task<(SessionRecord Record, bool WasAsleep)?> ClaimAsync(SessionKey key)
    {
        if (await ReadAsync(key) is not { } record)
        {
            return null;
        }

        var stored = _state.State!;
        if (record.Ended is null)
        {
            await storage.WriteStateAsync(StateName, grain, With(Of(record, stored.Record, stored.Epoch + 1)));
        }

        return (record, stored.IsAsleep);
    }

    /// <summary>
    /// Reads the stored record. Throws <see cref="StoreDamagedException"/> for damage that the storage's serializer or the record's format
    /// finds.
    /// </summary>
    private async Task<SessionRecord?> ReadAsync(SessionKey key)
    {
        try
        {
            await storage.ReadStateAsync(StateName, grain, _state);
            return _state.RecordExists ? SessionRecordFormat.Read(key, _state.State!.Record) : null;
        }
        catch (Exception e) when (IsDamage(e))
        {
            throw StoreDamagedException.OfTableRow("sessions", key.Name, "it does not hold this session's state", "ends the session", e);
        }
    }

    /// <summary>Whether a serializer refused the bytes. Some providers wrap its exception.</summary>
    private static bool IsDamage(Exception failure) =>
        failure is SessionRecordException or InvalidDataException or AggregateException { InnerException: InvalidDataException };

    public ValueTask<SessionRecord?> LoadAsync(SessionKey key, CancellationToken cancellationToken) =>
        throw new NotSupportedException("An activation reads its record once, when it claims it.");

    public ValueTask SaveAsync(SessionRecord record, CancellationToken cancellationToken) => SaveAsync(record, isAsleep: false);

    /// <summary>
    /// Also stores that the activation was passivated in order. Best effort: without it, the session's idle time starts again with the next
    /// activation.
    /// </summary>
    public ValueTask SaveLeavingAsync(SessionRecord record, CancellationToken cancellationToken) => SaveAsync(record, isAsleep: true);

    private async ValueTask SaveAsync(SessionRecord record, bool isAsleep)
    {
        var bytes = SessionRecordFormat.Write(record);
        if (bytes.Length > MaxRecordBytes)
        {
            throw new SessionRecordTooLargeException(bytes.Length, MaxRecordBytes);
        }

        await SettleAsync(new SessionKey(record.Key));
        if (!_state.RecordExists && Creating is { } creating)
        {
            await creating(record);
        }

        await WriteAsync(Of(record, bytes, _state.State!.Epoch is > 0 and var epoch ? epoch : FirstEpoch(), isAsleep));
    }

    private async Task WriteAsync(StoredSession next)
    {
        ThrowIfFenced();
        var former = _state.State;
        try
        {
            var begun = Time.GetTimestamp();
            await storage.WriteStateAsync(StateName, grain, With(next));
            _state.RecordExists = true;
            Volatile.Write(ref _writtenAt, begun);
        }
        catch (InconsistentStateException e)
        {
            _state.State = former;
            if (!await IsOwnInsertAsync(next))
            {
                throw Fence(e);
            }
        }
        catch (Exception e)
        {
            // The write may have happened. Read the row now; if the store does not answer, before the next write.
            _state.State = former;
            _unconfirmed = next;
            if (await LookAsync() is { } happened)
            {
                if (happened)
                {
                    return;
                }

                throw new IOException("The store refused the session's record.", e);
            }

            throw new SaveUnconfirmedException("The store did not confirm the session's record.", e);
        }
    }

    /// <summary>
    /// Whether the row that conflicts with a first write was written by it: the storage client repeats a request whose answer was lost, and
    /// then finds its own row.
    /// </summary>
    private async Task<bool> IsOwnInsertAsync(StoredSession next)
    {
        if (_state.RecordExists)
        {
            return false;
        }

        _unconfirmed = next;
        return await LookAsync() is true;
    }

    /// <summary>Reads the outcome of an unconfirmed write before the next one is made.</summary>
    private async Task SettleAsync(SessionKey key)
    {
        ThrowIfFenced();
        if (_unconfirmed is null)
        {
            return;
        }

        switch (await LookAsync())
        {
            case null:
                throw new IOException("The store cannot be reached.");
            case true:
                throw new SessionRecordMovedException(SessionRecordFormat.Read(key, _state.State!.Record));
        }
    }

    /// <summary>Whether the unconfirmed write happened; null when the store does not answer.</summary>
    private async Task<bool?> LookAsync()
    {
        var found = NewState();
        try
        {
            await storage.ReadStateAsync(StateName, grain, found).WaitAsync(s_lookFor, SessionTimings.Clock);
        }
        catch (Exception e) when (e is not SessionFencedException)
        {
            return null;
        }

        var wanted = _unconfirmed!;
        var former = _state;
        if (found.RecordExists == former.RecordExists && (!found.RecordExists || found.ETag == former.ETag))
        {
            _unconfirmed = null;
            return false;
        }

        if (!found.RecordExists || found.State!.Epoch != wanted.Epoch || !found.State.Record.AsSpan().SequenceEqual(wanted.Record))
        {
            throw Fence(inner: null);
        }

        (_state.State, _state.ETag, _state.RecordExists, _unconfirmed) = (found.State, found.ETag, true, null);
        return true;
    }

    /// <summary>Random, so that of two activations that write the same first record, each recognises its own.</summary>
    private static long FirstEpoch() => RandomNumberGenerator.GetInt32(1, int.MaxValue);

    private StoredSession Of(SessionRecord record, byte[] bytes, long epoch, bool isAsleep = false) => new()
    {
        Record = bytes, Epoch = epoch, IsAsleep = isAsleep, Tenant = record.Owner.Tenant, Client = record.Owner.Client, DueAt = DueAt(record),
        StateBytes = record.StateBytes,
    };

    private static GrainState<StoredSession> NewState() => new() { State = new StoredSession() };

    private GrainState<StoredSession> With(StoredSession next)
    {
        _state.State = next;
        return _state;
    }

    private void ThrowIfFenced()
    {
        if (_fenced)
        {
            throw Fence(inner: null);
        }
    }

    private SessionFencedException Fence(Exception? inner)
    {
        _fenced = true;
        return new SessionFencedException("Another activation serves this session.", inner);
    }
}
