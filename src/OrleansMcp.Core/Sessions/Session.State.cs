using System.Text.Json;
using ModelContextProtocol;
using OrleansMcp.State;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions;

/// <summary>Durable state: one writer at a time, and what was acknowledged is in the store.</summary>
public sealed partial class Session : ISessionState
{
    private SemaphoreSlim? _writing;

    /// <inheritdoc/>
    T? ISessionState.Get<T>(string key) where T : default =>
        _record is { } record && record.State.TryGetValue(key, out var value) ? value.Deserialize<T>(JsonSerializerOptions.Web) : default;

    /// <inheritdoc/>
    async Task<T> ISessionState.UpdateAsync<T>(string key, Func<T?, T> change, CancellationToken cancellationToken) where T : default
    {
        T made = default!;
        await WriteAsync(record =>
        {
            var current = record.State.TryGetValue(key, out var value) ? value.Deserialize<T>(JsonSerializerOptions.Web) : default;
            made = change(current);
            var state = new Dictionary<string, JsonElement>(record.State, StringComparer.Ordinal)
            {
                [key] = JsonSerializer.SerializeToElement(made, JsonSerializerOptions.Web),
            };
            CheckSize(state);
            return record with { State = state };
        }, cancellationToken);
        return made;
    }

    /// <summary>
    /// Changes the record and makes the change durable before anybody can see it. When the store fails, the change never happened.
    /// </summary>
    private async Task WriteAsync(Func<SessionRecord, SessionRecord> change, CancellationToken cancellationToken)
    {
        var writing = Writing();
        await writing.WaitAsync(cancellationToken);
        try
        {
            var next = change(LiveRecord());
            if (ReferenceEquals(next, _record))
            {
                return;
            }

            next = next with { Version = next.Version + 1, LastActiveAt = LastActiveAt };

            // Not cancellable from here on: a write that was begun is either durable or has failed, never unknown.
            await _host.Store.SaveAsync(next, CancellationToken.None);
            lock (_gate)
            {
                _record = next;
            }
        }
        catch (IOException e)
        {
            Log.SaveFailed(Logger, e, Key.Value);
            throw new McpException("The session's state could not be saved; nothing was changed. Try again later.", e);
        }
        finally
        {
            writing.Release();
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
