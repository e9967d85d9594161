using System.Collections.Concurrent;
using OrleansMcp.Sessions;

namespace OrleansMcp.Grains.Sessions;

/// <summary>
/// The session activations of this silo. Each adds itself when it has claimed its record, and removes itself when it is deactivated.
/// </summary>
internal sealed class Activations
{
    private readonly ConcurrentDictionary<SessionKey, SessionActivation> _live = new();

    public int Count => _live.Count;

    public IEnumerable<Session> All => _live.Select(pair => pair.Value.Session);

    public void Add(SessionActivation activation) => _live[activation.Session.Key] = activation;

    public void Remove(SessionActivation activation) => _live.TryRemove(KeyValuePair.Create(activation.Session.Key, activation));

    public SessionActivation? Find(SessionKey key) => _live.GetValueOrDefault(key);
}
