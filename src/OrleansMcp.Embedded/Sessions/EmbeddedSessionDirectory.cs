using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using OrleansMcp.Sessions;
using OrleansMcp.State;
using OrleansMcp.Tenants;

namespace OrleansMcp.Embedded.Sessions;

/// <summary>
/// The live actors of this process, at most one a key whatever happens at once. A key without a record leaves nothing behind here.
/// </summary>
internal sealed class EmbeddedSessionDirectory : ISessionDirectory
{
    private readonly ConcurrentDictionary<SessionKey, Session> _live = new();
    private readonly ConcurrentDictionary<SessionKey, Lazy<Task<Session?>>> _activating = new();
    private readonly Lazy<SessionHost> _host;
    private readonly ISessionStore _store;
    private readonly ITenantDirectory _tenants;
    private readonly DateTimeOffset _startedAt;
    private readonly Action<Session> _retired;

    public EmbeddedSessionDirectory(IServiceProvider services, ISessionStore store, ITenantDirectory tenants, TimeProvider time)
    {
        _host = new(services.GetRequiredService<SessionHost>); // late: the host opens sessions through this directory
        _store = store;
        _tenants = tenants;
        _startedAt = time.GetUtcNow();
        _retired = session => _live.TryRemove(KeyValuePair.Create(session.Key, session));
    }

    /// <summary>Actors in memory.</summary>
    public IEnumerable<Session> Live => _live.Select(pair => pair.Value);

    public int LiveCount => _live.Count;

    public ISession Get(SessionKey key) => new SessionReference(this, key);

    public bool TryGetLive(SessionKey key, out Session? session) => _live.TryGetValue(key, out session);

    /// <summary>The actor of <paramref name="key"/>, brought to life if it has a record or may begin without one; otherwise null.</summary>
    public async ValueTask<Session?> ActivateAsync(SessionKey key, bool create)
    {
        if (_live.TryGetValue(key, out var live))
        {
            return live;
        }

        // Everybody who comes at the same time waits for the same activation.
        var activating = _activating.GetOrAdd(key, static (key, directory) =>
            new Lazy<Task<Session?>>(() => directory.self.LoadAsync(key, directory.create)), (self: this, create));
        try
        {
            return await activating.Value;
        }
        finally
        {
            // After the actor is in the table: whoever starts another activation from here on finds it there.
            _activating.TryRemove(KeyValuePair.Create(key, activating));
        }
    }

    private async Task<Session?> LoadAsync(SessionKey key, bool create)
    {
        if (_live.TryGetValue(key, out var live))
        {
            return live;
        }

        var record = await ReadAsync(key);
        if (record?.Ended is not null)
        {
            await FinishEndAsync(record);
            return null;
        }

        if (record is null && !create && !key.IsPrincipal)
        {
            return null;
        }

        if (record is not null && record.LastActiveAt < _startedAt)
        {
            // The time of the last message is written when an actor leaves memory. After a crash it is old for sessions that were busy
            // until then, so nobody's idle time begins before this process did.
            record = record with { LastActiveAt = _startedAt };
        }

        var session = new Session(key, record, _host.Value, _store) { Retired = _retired };
        return _live.GetOrAdd(key, session);
    }

    private async Task<SessionRecord?> ReadAsync(SessionKey key)
    {
        try
        {
            return await _store.LoadAsync(key, CancellationToken.None);
        }
        catch (SessionRecordException)
        {
            return null; // Lost, and the store has said so.
        }
    }

    /// <summary>A process died between the ended mark and the deletion: the session stays ended.</summary>
    private async Task FinishEndAsync(SessionRecord record)
    {
        var key = new SessionKey(record.Key);
        await _store.DeleteAsync(key, CancellationToken.None);
        await _tenants.Get(record.Owner.Tenant).UnregisterAsync(record.Owner.Client, key, CancellationToken.None);
    }
}
