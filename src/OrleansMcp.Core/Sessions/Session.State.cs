using System.Text.Json;
using ModelContextProtocol;
using OrleansMcp.Sessions.Calls;
using OrleansMcp.State;

namespace OrleansMcp.Sessions;

/// <summary>Durable state: one writer at a time, and what was acknowledged is in the store.</summary>
public sealed partial class Session
{
    private SemaphoreSlim? _writing;

    internal T? GetState<T>(string key) =>
        _record is { } record && record.State.TryGetValue(key, out var value) ? value.Deserialize<T>(JsonSerializerOptions.Web) : default;

    /// <summary>
    /// Changes one value. A call that was delivered before, and whose change is among the record's effects, gets what that change returned:
    /// the engine lost the answer, not the change.
    /// </summary>
    internal async Task<T> UpdateStateAsync<T>(RunningCall call, string key, Func<T?, T> change, CancellationToken cancellationToken)
    {
        T made = default!;
        var step = call.NextStep();
        await WriteAsync(record =>
        {
            call.ThrowIfRevoked();
            if (EffectOf(record, call, step, key) is { } effect)
            {
                made = effect.Value is { } held
                    ? held.Deserialize<T>(JsonSerializerOptions.Web)!
                    : throw new McpException("This request was carried out before; its outcome is no longer held.");
                return record;
            }

            var current = record.State.TryGetValue(key, out var former) ? former.Deserialize<T>(JsonSerializerOptions.Web) : default;
            made = change(current);
            var value = JsonSerializer.SerializeToElement(made, JsonSerializerOptions.Web);
            var state = new Dictionary<string, JsonElement>(record.State, StringComparer.Ordinal) { [key] = value };
            CheckSize(state);
            return WithEffect(record with { State = state }, call, step, key, value);
        }, cancellationToken);
        _host.Neighbours.Wrote(call.Caller.Tenant);
        return made;
    }

    /// <summary>
    /// Changes the record and makes the change durable before anybody can see it. When the store fails, the change never happened.
    /// </summary>
    private async Task WriteAsync(Func<SessionRecord, SessionRecord> change, CancellationToken cancellationToken)
    {
        try
        {
            await CommitAsync(change, cancellationToken);
        }
        catch (SessionFencedException e)
        {
            throw new OperationCanceledException("The session is served by another machine.", e);
        }
        catch (SaveUnconfirmedException e)
        {
            Log.SaveUnconfirmed(Logger, e, Key.Value);
            throw new McpException("The store did not confirm the change; it may or may not have taken effect. Try again later.", e);
        }
        catch (IOException e)
        {
            Log.SaveFailed(Logger, e, Key.Value);
            throw new McpException("The session's state could not be saved; nothing was changed. Try again later.", e);
        }
    }

    /// <summary>The same, for those who tell a failing store from a tool's mistake.</summary>
    /// <exception cref="IOException">The store failed, in one of its ways (<see cref="ISessionStore"/>).</exception>
    private async Task CommitAsync(Func<SessionRecord, SessionRecord> change, CancellationToken cancellationToken)
    {
        var writing = Writing();
        await writing.WaitAsync(cancellationToken);
        try
        {
            while (!await TryWriteAsync(change))
            {
            }
        }
        catch (SessionFencedException e)
        {
            Log.Fenced(Logger, e, Key.Value);
            Abandon();
            throw;
        }
        finally
        {
            writing.Release();
        }
    }

    private async ValueTask<bool> TryWriteAsync(Func<SessionRecord, SessionRecord> change)
    {
        var next = change(LiveRecord());
        if (ReferenceEquals(next, _record))
        {
            return true;
        }

        await CoverStateAsync(next);
        next = next with { Version = next.Version + 1, LastActiveAt = LastActiveAt };
        try
        {
            // Not cancellable: a write that was begun is either durable or has failed, never unknown for want of patience.
            await _store.SaveAsync(next, CancellationToken.None);
        }
        catch (SessionRecordMovedException e)
        {
            SetRecord(e.Current);
            Reconsider(); // It may be a shrink that turned out to have happened.
            return false;
        }

        SetRecord(next);
        await UncoverStateAsync(next);
        return true;
    }

    private void SetRecord(SessionRecord record)
    {
        lock (_gate)
        {
            _record = record;
        }
    }

    private SessionRecord LiveRecord()
    {
        lock (_gate)
        {
            return _phase == Phase.Live ? _record! : throw new McpException("The session has ended.");
        }
    }

    private SemaphoreSlim Writing() => LazyInitializer.EnsureInitialized(ref _writing, static () => new SemaphoreSlim(1, 1));

    private void CheckSize(Dictionary<string, JsonElement> state)
    {
        var limit = _host.Configuration.Sessions.MaxStateBytes;
        var size = state.Sum(pair => pair.Key.Length + pair.Value.GetRawText().Length);
        if (size > limit)
        {
            throw new McpException($"The session's state may take {limit} bytes; this change would make it {size}.");
        }
    }
}
