using System.Collections.Concurrent;
using OrleansMcp.Tools;

namespace OrleansMcp.Sessions.Changes;

/// <summary>The sessions with an open stream, so that a change of the catalogue reaches them and costs the others nothing.</summary>
internal sealed class ListChangeAudience
{
    private readonly ConcurrentDictionary<SessionChanges, int> _listening = new();

    public ListChangeAudience(Catalogue catalogue) => catalogue.Changed += Tell;

    public void Enter(SessionChanges session) => _listening.AddOrUpdate(session, 1, static (_, count) => count + 1);

    public void Leave(SessionChanges session)
    {
        var left = _listening.AddOrUpdate(session, 0, static (_, count) => count - 1);
        if (left <= 0)
        {
            _listening.TryRemove(KeyValuePair.Create(session, left));
        }
    }

    private void Tell(CatalogueList list)
    {
        foreach (var session in _listening.Keys)
        {
            session.TellListChanged(list);
        }
    }
}
